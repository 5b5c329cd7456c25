import { createTestBus, forever, rememberRepository } from '../../fixtures/memory.ts'
import { answersWith } from '../../http/answers.ts'
import type { routes } from '../../../contract/routes.ts'
import type { Answers } from '../../../contract/route.ts'
import { guardAnswers } from '../../../daemon/answers-hooks.ts'
import type { HookBus, HookCall, Listener } from '../../../daemon/bus/hooks.ts'
import { context } from '../../../daemon/memory/context.ts'
import { recall } from '../../../daemon/memory/recall.ts'
import { show } from '../../../daemon/memory/show.ts'
import { loadTokenCounter } from '../../../daemon/memory/tokens.ts'
import { createWorkshop } from '../memory/workshop.ts'

/** A remembered repository, asked as the daemon is asked. */
export interface Guarded {
  readonly answers: Answers<typeof routes>
  readonly hooks: HookBus
  readonly siphon: string
  readonly paint: string
  /** Asks, and returns the subject of the best answer. */
  ask(question: string): Promise<string | undefined>
}

/** Remembers two commits while the listeners listen; what they are asked through is the daemon's own. */
export async function guardedAnswers(listen: (hooks: HookBus) => void = () => {}): Promise<Guarded> {
  const hooks = createTestBus()
  listen(hooks)
  const shop = createWorkshop()
  const siphon = shop.work('Replace the pump by a siphon\n\nIt has no moving parts.', {
    'pump.ts': 'siphon()\n',
  })
  shop.pass(60)
  const paint = shop.work('Paint the hull crimson\n\nBlue was sold out.', { 'hull.ts': 'crimson()\n' })
  const { memory, questions } = await rememberRepository(shop.path, undefined, { hooks })
  const parts = { memory, countTokens: loadTokenCounter, ...questions }
  const answers = guardAnswers(
    answersWith({
      recall: (input, signal) => recall(input, memory, signal),
      context: (input, signal) => context({ ...input, paths: input.paths ?? [] }, parts, signal),
      show: ({ oid }, signal) => show(oid, memory, signal),
    }),
    {
      hooks,
      repositoryOf: async (name) => (name === shop.path || name === 'r1' ? 'r1' : undefined),
      countTokens: loadTokenCounter,
    },
  )
  return {
    answers,
    hooks,
    siphon,
    paint,
    async ask(question) {
      const { hits } = await answers.recall({ question, repository: shop.path }, forever)
      return hits[0]?.subject
    },
  }
}

/** Returns a listener that answers what the function returns. */
export function says(
  answer: (call: HookCall) => unknown,
  options: Partial<Listener> = {},
  id = 'plugin',
): Listener {
  return { id, handle: async (call) => answer(call), ...options }
}

/** Listeners of which nobody gets an answer. */
export const dead: readonly Listener[] = [
  { id: 'throwing', handle: () => Promise.reject(new Error('dead')) },
  { id: 'hanging', handle: () => new Promise(() => {}), timeoutMs: 20 },
  { id: 'babbling', handle: async () => ({ patch: [{ op: 'replace', path: '/oid', value: 'x' }] }) },
]
