import { askAll } from '../ask.ts'
import type { Mined } from '../ask-recall.ts'
import { diffText } from '../diff-text.ts'
import type { Ground, Task } from '../ground.ts'
import { chosen, namedBy, withMessages } from '../mine.ts'
import { withoutCitations } from '../strip.ts'

/** Characters of message and diff: as much as a question may have, with room for letters of several bytes. */
const mostOfMessage = 3_000
const mostOfDiff = 9_000

/** A fix, its message and its diff, is asked for the commit that it says it fixes, or follows up. */
export const origin: Task = {
  name: 'origin',
  async measure(ground, signal) {
    const mined = chosen(mine(ground), ground.memory.graph, ground)
    if (mined.length === 0) return { questions: 0, note: 'No commit says which earlier one it fixes.' }
    return askAll(await written(mined, ground, signal), { hidesMessages: false }, ground, signal)
  },
}

function mine({ memory, span }: Ground): Mined[] {
  const { graph } = memory
  return span.asking.flatMap((ordinal) => {
    const truth = namedBy(ordinal, ['fixes', 'follows'], memory)
    if (truth.length === 0 || graph.parents(ordinal).length !== 1) return []
    const paths = graph.paths(ordinal)
    return [{ from: ordinal, text: '', truth, seenFrom: graph.parents(ordinal), paths }]
  })
}

/** Writes out the questions that are asked: diffs are read from git. */
async function written(mined: readonly Mined[], { memory }: Ground, signal: AbortSignal): Promise<Mined[]> {
  const { graph, patches } = memory
  const messages = new Map<number, string>()
  const asking = mined.map(({ from }) => from)
  for await (const { ordinal, message } of withMessages(asking, memory, signal))
    messages.set(ordinal, message)
  const questions: Mined[] = []
  for (const question of mined) {
    const { from, truth, paths = [] } = question
    const subjects = truth.map((ordinal) => graph.subject(ordinal))
    const message = withoutCitations(messages.get(from) ?? '', subjects).slice(0, mostOfMessage)
    const patch = await patches.patchOf(graph.oid(from), paths, signal)
    const diff = patch === undefined ? '' : diffText(patch, mostOfDiff)
    questions.push({ ...question, text: `${message}\n\n${diff}` })
  }
  return questions
}
