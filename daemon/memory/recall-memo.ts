import type { RecallAnswer } from '../../contract/answers.ts'
import type { InputOf } from '../../contract/route.ts'
import type { routes } from '../../contract/routes.ts'

type Question = InputOf<typeof routes.recall>

/** Gives an answer again to who asks the same again, as long as memory is what it was. */
export interface RecallMemo {
  /** Returns the answer that was given since memory or the settings changed last, or what `ask` finds now. */
  answer(question: Question, settings: object, ask: () => Promise<RecallAnswer>): Promise<RecallAnswer>
  /** Lets memory change; nothing is kept of before, nor of what is asked meanwhile. */
  during<T>(change: () => Promise<T>): Promise<T>
}

/** Answers that are kept: what editors and agents ask again and again are a few questions at a time. */
const keptAnswers = 256
/** What counts for less with age was a little newer then. */
const keptMs = 60_000

/** Creates a memo that knows no answer. */
export function createRecallMemo(): RecallMemo {
  const answers = new Map<string, { readonly at: number; readonly answer: RecallAnswer }>()
  let inForce: object | undefined
  let changing = 0
  let changes = 0

  function keep(key: string, answer: RecallAnswer): void {
    answers.set(key, { at: performance.now(), answer })
    const oldest = answers.keys().next()
    if (answers.size > keptAnswers && oldest.done !== true) answers.delete(oldest.value)
  }

  return {
    async answer({ question, limit, explain, filters = {} }, settings, ask) {
      // What a date or a revision means may change without memory.
      if (changing > 0 || Object.keys(filters).length > 0) return ask()
      if (inForce !== settings) answers.clear()
      inForce = settings
      const began = performance.now()
      const key = JSON.stringify([question, limit, explain])
      const known = answers.get(key)
      if (known !== undefined && began - known.at < keptMs)
        return { ...structuredClone(known.answer), tookMs: performance.now() - began }
      const before = changes
      const answer = await ask()
      if (before === changes && inForce === settings) keep(key, structuredClone(answer))
      return answer
    },
    async during(change) {
      changing += 1
      changes += 1
      answers.clear()
      try {
        return await change()
      } finally {
        changing -= 1
        changes += 1
      }
    },
  }
}
