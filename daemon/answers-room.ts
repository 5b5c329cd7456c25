import type { Answers } from '../contract/route.ts'
import { routes } from '../contract/routes.ts'
import type { Bulkhead } from './bulkhead.ts'

/**
 * Returns the same answers, of which those that search are given a few at a time.
 *
 * What is cheap passes by. Plugins do not come through here: what they ask belongs to a question that was let in, or
 * to a commit that waits.
 */
export function answerInRoom(answers: Answers<typeof routes>, bulkhead: Bulkhead): Answers<typeof routes> {
  return new Proxy(answers, {
    get(target, name, receiver) {
      const answer: unknown = Reflect.get(target, name, receiver)
      if (typeof answer !== 'function' || !searching.has(name)) return answer
      return (input: unknown, signal: AbortSignal) =>
        bulkhead.run(async (limited) => Reflect.apply(answer, target, [input, limited]), signal)
    },
  })
}

const searching: ReadonlySet<string | symbol> = new Set(
  Object.entries(routes).flatMap(([name, { cost, shape }]) =>
    cost === 'search' && shape === 'object' ? [name] : [],
  ),
)
