import { recallAmong } from '../../memory/recall.ts'
import type { Mined } from '../ask-recall.ts'
import type { Ground, Task } from '../ground.ts'
import { auroc, meanOf } from '../measures.ts'
import { memoryThen, pastFrom } from '../sight.ts'
import { misrememberings } from '../wonder.ts'

/**
 * A badly remembered subject is asked for twice: as it was, and with its commit taken away. How sure recall is must tell
 * which is which. Other questions would not do: what a paragraph cites, others tell of as well.
 */
export const abstain: Task = {
  name: 'abstain',
  async measure(ground, signal) {
    const questions = misrememberings(ground, ground.sample)
    if (questions.length === 0)
      return { questions: 0, note: 'No commit has a subject of its own of four words or more.' }
    const asked: Asked[] = []
    for (const [turn, question] of questions.entries()) {
      signal.throwIfAborted()
      const one = await askTwice(question, ground, signal)
      asked.push(one)
      await ground.keep(lineOf(question, one, ground))
      ground.say(turn + 1, questions.length)
    }
    const having = asked.map(({ withIt }) => withIt.confidence)
    const lacking = asked.map(({ withoutIt }) => withoutIt.confidence)
    return {
      questions: questions.length,
      places: asked.map(({ withIt }) => withIt.place),
      measures: {
        auroc: auroc(having, lacking) ?? 0,
        abstainedWithAnswer: meanOf(asked.map(({ withIt }) => Number(withIt.isSilent))),
        abstainedWithout: meanOf(asked.map(({ withoutIt }) => Number(withoutIt.isSilent))),
      },
    }
  },
}

interface Answered {
  readonly confidence: number
  readonly isSilent: boolean
  readonly place: number
}

interface Asked {
  readonly withIt: Answered
  readonly withoutIt: Answered
}

async function askTwice(question: Mined, ground: Ground, signal: AbortSignal): Promise<Asked> {
  const removed = new Set([...(question.without ?? []), ...question.truth])
  return {
    withIt: await ask(question, ground, signal),
    withoutIt: await ask({ ...question, without: removed }, ground, signal),
  }
}

async function ask(question: Mined, { memory }: Ground, signal: AbortSignal): Promise<Answered> {
  const past = pastFrom(question, memory.graph)
  const input = { question: question.text, repository: memory.id, limit: 10 }
  const { hits, confidence = 0 } = await recallAmong(input, memoryThen(question, past, memory), past, signal)
  const truth = new Set(question.truth.map((ordinal) => memory.graph.oid(ordinal)))
  return { confidence, isSilent: hits.length === 0, place: 1 + hits.findIndex(({ oid }) => truth.has(oid)) }
}

function lineOf(
  { from, text, truth }: Mined,
  asked: Asked,
  { memory: { graph } }: Ground,
): Record<string, unknown> {
  return {
    from: graph.oid(from),
    question: text.slice(0, 2000),
    truth: truth.map((ordinal) => graph.oid(ordinal)),
    ...asked,
  }
}
