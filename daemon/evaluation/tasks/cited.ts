import { commitsNamed } from '../../memory/references.ts'
import { parseMessage } from '../../memory/message.ts'
import { askAll } from '../ask.ts'
import type { Mined } from '../ask-recall.ts'
import type { Ground, Task } from '../ground.ts'
import { chosen, says, withMessages } from '../mine.ts'
import { withoutCitations } from '../strip.ts'

/** Fewer words say nothing of what was cited. */
const fewestWords = 6
/** A paragraph that names more commits is a list. */
const mostCited = 3

/** A paragraph that cites an earlier commit is asked for that commit. */
export const cited: Task = {
  name: 'cited',
  async measure(ground, signal) {
    const mined = chosen(await mineCited(ground, signal), ground.memory.graph, ground)
    if (mined.length === 0)
      return {
        questions: 0,
        note: 'No paragraph of a message says something about an earlier commit that it cites.',
      }
    return askAll(mined, { hidesMessages: false }, ground, signal)
  },
}

/** Returns each paragraph that cites commits, with those commits. */
export async function mineCited({ memory, span }: Ground, signal: AbortSignal): Promise<Mined[]> {
  const { graph, ties } = memory
  const found: Mined[] = []
  const naming = span.asking.filter((ordinal) =>
    ties.from(ordinal).some(({ kind }) => kind !== 'reverts' && kind !== 'cherry-picks'),
  )
  for await (const { ordinal, message } of withMessages(naming, memory, signal)) {
    for (const paragraph of parseMessage(message).body.split('\n\n')) {
      const names = commitsNamed('', paragraph).filter(({ kind, oid }) => kind !== 'reverts' && oid !== '')
      if (names.length === 0 || names.length > mostCited) continue
      const truth = names.flatMap(({ oid }) => onlyOne(ties.startingWith(oid)))
      const subjects = truth.map((one) => graph.subject(one))
      const text = withoutCitations(paragraph, subjects)
      if (truth.length === 0 || !says(text, fewestWords)) continue
      found.push({ from: ordinal, text, truth, seenFrom: graph.parents(ordinal) })
    }
  }
  return found
}

/** An abbreviation that fits two commits names neither. */
function onlyOne(ordinals: readonly number[]): readonly number[] {
  return ordinals.length === 1 ? ordinals : []
}
