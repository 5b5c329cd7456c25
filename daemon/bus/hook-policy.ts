/** What it means that a gate cannot be asked, or is too slow. */
export type OnFailure = 'allow' | 'deny'

/** What the user says about listeners; they have no say in it. */
export interface HookPolicy {
  readonly onFailure: OnFailure
  /** For a listener that names no deadline of its own. */
  readonly timeoutMs: number
  /** No listener gets more, whatever it asks for. */
  readonly longestTimeoutMs: number
  /** What differs for single listeners, by id. */
  readonly listeners: ReadonlyMap<string, { readonly onFailure?: OnFailure; readonly timeoutMs?: number }>
}

/** Returns what the policy says of one listener, which may ask for a deadline. */
export function policyFor(
  listener: string,
  wantedMs: number | undefined,
  policy: HookPolicy,
): { onFailure: OnFailure; timeoutMs: number } {
  const own = policy.listeners.get(listener)
  const timeoutMs = own?.timeoutMs ?? Math.min(wantedMs ?? policy.timeoutMs, policy.longestTimeoutMs)
  return { onFailure: own?.onFailure ?? policy.onFailure, timeoutMs }
}
