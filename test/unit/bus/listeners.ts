import type { HookInput, HookName, HookOutcome } from '../../../contract/hooks.ts'
import type { HookPolicy } from '../../../daemon/bus/hook-policy.ts'
import { createHookBus, type HookBus, type HookCall, type Listener } from '../../../daemon/bus/hooks.ts'

/** A signal that never comes. */
export const forever = new AbortController().signal

/** The policy when nobody said anything; nothing here is slow by accident. */
const lenient: HookPolicy = {
  onFailure: 'allow',
  timeoutMs: 20_000,
  longestTimeoutMs: 20_000,
  listeners: new Map(),
}

/** A bus whose records can be read. */
export interface WatchedBus extends HookBus {
  readonly records: HookOutcome[]
}

/** Creates a bus under a policy. */
export function busWith(policy: Partial<HookPolicy> = {}): WatchedBus {
  const records: HookOutcome[] = []
  const bus = createHookBus({
    policy: () => ({ ...lenient, ...policy }),
    now: () => 1000,
    onRecord: (outcome) => void records.push(outcome),
  })
  return { ...bus, records }
}

/** A listener of few words. */
export function listener(
  id: string,
  handle: (call: HookCall, signal: AbortSignal) => unknown,
  options: Partial<Listener> = {},
): Listener {
  return { id, handle: async (call, signal) => handle(call, signal), ...options }
}

/** Data of a commit that is about to be made. */
export function committing(...paths: readonly string[]): HookInput<'pre-commit'> {
  const file = { status: 'added', mode: '100644', oid: 'b'.repeat(40), size: 1 } as const
  return {
    repository: 'tide-1',
    root: '/projects/tide',
    branch: 'topic/pump',
    author: 'Ada Author <ada@example.com>',
    files: paths.map((path) => ({ path, ...file })),
  }
}

/** What each listener came to, in order: `gate ok`. */
export function resultsOf({ results }: HookOutcome<HookName>): string[] {
  return results.map(({ listener: id, status }) => `${id} ${status}`)
}
