import { createRandom, shuffle } from '../../native-workers/random.ts'
import type { Mined } from './ask-recall.ts'
import type { Ground } from './ground.ts'
import { chosen } from './mine.ts'
import { sampleOf } from './span.ts'
import { mineCited } from './tasks/cited.ts'
import { mineProse } from './tasks/prose.ts'
import { mineReverts } from './tasks/revert.ts'
import { wordsOf } from './words-of.ts'

/**
 * Returns what people may wonder about: half of it in words that others wrote about a commit, as far as the history
 * holds such, the rest remembered badly from a subject.
 */
export async function wonderings(ground: Ground, signal: AbortSignal): Promise<Mined[]> {
  const { sample, seed, memory } = ground
  const spoken = [
    ...(await mineCited(ground, signal)),
    ...(await mineReverts(ground, signal)),
    ...(await mineProse(ground, signal)),
  ]
  const some = chosen(spoken, memory.graph, { sample: Math.ceil(sample / 2), seed })
  return [...some, ...misrememberings(ground, sample - some.length)]
}

/** Returns so many subjects as one remembers them badly: what they ask for is one commit and no other. */
export function misrememberings(ground: Ground, count: number): Mined[] {
  return sampleOf(misremembered(ground), count, ground.seed)
}

/** Shorter subjects cannot lose a third of their words. */
const fewestWords = 4

/** Returns subjects as one remembers them: a third of their words is lost, and two have changed places. */
function misremembered({ memory: { graph }, span, seed }: Ground): Mined[] {
  const counts = new Map<string, number>()
  for (const one of graph.ordinals())
    counts.set(graph.subject(one), (counts.get(graph.subject(one)) ?? 0) + 1)
  return span.asking.flatMap((from) => {
    const subject = graph.subject(from)
    const words = wordsOf(subject)
    const isOwn = counts.get(subject) === 1 && graph.parents(from).length < 2
    if (!isOwn || words.length < fewestWords) return []
    return [
      {
        from,
        text: garbled(words, createRandom(seed, graph.committerTime(from))),
        truth: [from],
        seenFrom: [from],
        isTimeless: true,
      },
    ]
  })
}

function garbled(words: readonly string[], random: () => number): string {
  const places = Uint32Array.from(words, (_word, place) => place)
  shuffle(places, random)
  const kept = places.slice(0, words.length - Math.floor(words.length / 3)).toSorted()
  const [one, other] = [Math.floor(random() * kept.length), Math.floor(random() * kept.length)]
  const swapped = kept.with(one, kept[other] ?? 0).with(other, kept[one] ?? 0)
  return [...swapped].map((place) => words[place] ?? '').join(' ')
}
