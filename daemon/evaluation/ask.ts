import { contentWords } from '../memory/words.ts'
import type { CommitGraph } from '../memory/commit-graph.ts'
import type { Admits } from '../memory/filters.ts'
import type { Listed } from './baselines/git-log.ts'
import { baselineNames, type BaselineName, type Ground, type Outcome, type Places } from './ground.ts'
import type { Keywords, Scores } from './keywords.ts'
import { askRecall, type Found, type Manner, type Mined } from './ask-recall.ts'
import { placeByScore } from './place.ts'
import { pastFrom } from './sight.ts'

/** How many questions `git log -S` is asked, and for how long in all: it takes many seconds for each on a long history. */
const mostPickaxes = 20
const pickaxeMs = 60_000

/** Asks recall and every baseline the same questions, and says at which place the answers stood. */
export async function askAll(
  questions: readonly Mined[],
  manner: Manner,
  ground: Ground,
  signal: AbortSignal,
): Promise<Outcome> {
  const places: number[] = []
  let pickaxed = 0
  const others = new Map(baselineNames.map((name): [BaselineName, Answered[]] => [name, []]))
  for (const [turn, question] of questions.entries()) {
    signal.throwIfAborted()
    const past = pastFrom(question, ground.memory.graph)
    const found = await askRecall(question, manner, past, ground, signal)
    const began = performance.now()
    const asked = await askOthers(
      question,
      { ...manner, sees: past.sees, isPickaxed: turn < mostPickaxes && pickaxed < pickaxeMs },
      ground,
      signal,
    )
    if (asked.pickaxe !== undefined) pickaxed += performance.now() - began
    places.push(found.place)
    for (const name of baselineNames) {
      const answered = asked[name]
      if (answered !== undefined) others.get(name)?.push(answered)
    }
    await ground.keep(lineOf(question, found, asked, ground.memory.graph))
    ground.say(turn + 1, questions.length)
  }
  return { questions: questions.length, places, baselines: collected(others) }
}

interface Answered {
  readonly place: number
  readonly cutShort: boolean
}

interface OtherManner extends Manner {
  readonly sees: Admits
  readonly isPickaxed: boolean
}

async function askOthers(
  question: Mined,
  manner: OtherManner,
  ground: Ground,
  signal: AbortSignal,
): Promise<Partial<Record<BaselineName, Answered>>> {
  const { graph } = ground.memory
  const { keywords, baselines } = ground
  const { text, paths = [] } = question
  const changes = keywords.changes(text)
  const byWords = (scores: Scores): Answered => ({
    place: placeByScore(scores, question.truth, manner.sees, graph),
    cutShort: false,
  })
  const tips = question.seenFrom.map((ordinal) => graph.oid(ordinal))
  const listed = async (listing: Promise<Listed>): Promise<Answered> =>
    placeIn(await listing, question, graph)
  const identifier = identifierIn(text, keywords)
  const [pickaxe, files] = await Promise.all([
    manner.isPickaxed && identifier !== undefined
      ? listed(baselines.pickaxe(identifier, tips, signal))
      : undefined,
    paths.length === 0 ? undefined : listed(baselines.files(paths, tips, signal)),
  ])
  const beside = {
    ...(pickaxe === undefined ? {} : { pickaxe }),
    ...(files === undefined ? {} : { files }),
  }
  if (manner.hidesMessages) return { bm25: byWords(changes), ...beside }
  const messages = keywords.messages(text)
  const words = rarestWords(text, keywords)
  const grep =
    words.length === 0 ? { place: 0, cutShort: false } : await listed(baselines.grep(words, tips, signal))
  return { bm25: byWords(sumOf(messages, changes)), bm25Messages: byWords(messages), grep, ...beside }
}

function placeIn({ lines, cutShort }: Listed, question: Mined, graph: CommitGraph): Answered {
  const truth = new Set(question.truth.map((ordinal) => graph.oid(ordinal)))
  const hidden = new Set([...(question.without ?? [])].map((ordinal) => graph.oid(ordinal)))
  const left = lines.filter((oid) => !hidden.has(oid))
  return { place: 1 + left.findIndex((oid) => truth.has(oid)), cutShort }
}

function sumOf(one: Scores, other: Scores): Scores {
  const [longer, shorter] = one.length >= other.length ? [one, other] : [other, one]
  return longer.map((score, ordinal) => score + (shorter[ordinal] ?? 0))
}

/** Returns the two words that the fewest messages have, of those that any has. */
function rarestWords(text: string, keywords: Keywords): string[] {
  return contentWords(text)
    .map((word) => ({ word, count: keywords.messagesWith(word) }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => a.count - b.count)
    .slice(0, 2)
    .map(({ word }) => word)
}

/** Returns what looks most like a name in the program, and is rare; otherwise the rarest word. */
function identifierIn(text: string, keywords: Keywords): string | undefined {
  const words = [...new Set(text.match(/[A-Za-z_]\w{3,60}/g) ?? [])].filter(
    (word) => keywords.passagesWith(word) > 0,
  )
  const named = words.filter((word) => /_|[a-z][A-Z]/.test(word))
  return (named.length > 0 ? named : words).toSorted(
    (a, b) => keywords.passagesWith(a) - keywords.passagesWith(b),
  )[0]
}

function collected(
  others: ReadonlyMap<BaselineName, readonly Answered[]>,
): Partial<Record<BaselineName, Places>> {
  return Object.fromEntries(
    [...others]
      .filter(([, answers]) => answers.length > 0)
      .map(([name, answers]) => [
        name,
        {
          places: answers.map(({ place }) => place),
          cutShort: answers.filter(({ cutShort }) => cutShort).length,
        },
      ]),
  )
}

const shownText = 2000

function lineOf(
  { from, text, truth }: Mined,
  found: Found,
  asked: Partial<Record<BaselineName, Answered>>,
  graph: CommitGraph,
): Record<string, unknown> {
  return {
    from: graph.oid(from),
    question: text.slice(0, shownText),
    truth: truth.map((ordinal) => graph.oid(ordinal)),
    place: found.place,
    top: found.top,
    baselines: Object.fromEntries(Object.entries(asked).map(([name, { place }]) => [name, place])),
  }
}
