import { parseMessage } from '../../memory/message.ts'
import { askAll } from '../ask.ts'
import type { Mined } from '../ask-recall.ts'
import type { Ground, Task } from '../ground.ts'
import { chosen, namedBy, says, withMessages } from '../mine.ts'
import { withoutCitations } from '../strip.ts'

/** Fewer words are no reason. */
const fewestWords = 4

/** The reason of a revert is asked for what was reverted; what it quotes of it is taken out. */
export const revert: Task = {
  name: 'revert',
  async measure(ground, signal) {
    const mined = chosen(await mineReverts(ground, signal), ground.memory.graph, ground)
    if (mined.length === 0) return { questions: 0, note: 'No revert gives a reason in words of its own.' }
    return askAll(mined, { hidesMessages: false }, ground, signal)
  },
}

/** Returns the reason of each revert, with what it reverted. */
export async function mineReverts({ memory, span }: Ground, signal: AbortSignal): Promise<Mined[]> {
  const { graph } = memory
  const found: Mined[] = []
  const reverts = span.asking.filter((ordinal) => namedBy(ordinal, ['reverts'], memory).length > 0)
  for await (const { ordinal, message } of withMessages(reverts, memory, signal)) {
    const truth = namedBy(ordinal, ['reverts'], memory)
    const text = withoutCitations(
      parseMessage(message).body,
      truth.map((one) => graph.subject(one)),
    )
    if (says(text, fewestWords)) found.push({ from: ordinal, text, truth, seenFrom: graph.parents(ordinal) })
  }
  return found
}
