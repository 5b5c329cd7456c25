import { distinctTerms } from '../../../native-workers/tokenise.ts'
import type { CommitGraph } from '../../memory/commit-graph.ts'
import { askAll } from '../ask.ts'
import type { Mined } from '../ask-recall.ts'
import type { Ground, Task } from '../ground.ts'
import { sampleOf } from '../span.ts'
import { withoutCitations } from '../strip.ts'

/** Fewer words describe nothing. */
const fewestWords = 2

/** A subject is asked for the diff that it describes, while no message can be searched. */
export const hiddenMessage: Task = {
  name: 'hidden-message',
  async measure(ground, signal) {
    const mined = mine(ground)
    if (mined.length === 0)
      return {
        questions: 0,
        note: 'No commit that changes a file has a subject of its own of two words or more.',
      }
    return askAll(sampleOf(mined, ground.sample, ground.seed), { hidesMessages: true }, ground, signal)
  },
}

function mine({ memory: { graph }, span }: Ground): Mined[] {
  const counts = countSubjects(graph)
  return span.asking.flatMap((ordinal) => {
    const subject = graph.subject(ordinal)
    const isTold = graph.parents(ordinal).length < 2 && graph.pathCount(ordinal) > 0
    if (!isTold || counts.get(subject) !== 1) return []
    const text = withoutCitations(subject)
    if (distinctTerms(text).length < fewestWords) return []
    return [{ from: ordinal, text, truth: [ordinal], seenFrom: [ordinal], isTimeless: true }]
  })
}

function countSubjects(graph: CommitGraph): Map<string, number> {
  const counts = new Map<string, number>()
  for (const ordinal of graph.ordinals()) {
    const subject = graph.subject(ordinal)
    counts.set(subject, (counts.get(subject) ?? 0) + 1)
  }
  return counts
}
