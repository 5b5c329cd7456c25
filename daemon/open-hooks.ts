import type { Config } from '../contract/config.ts'
import type { Fact } from '../contract/events.ts'
import type { HookOutcome } from '../contract/hooks.ts'
import type { HookPolicy } from './bus/hook-policy.ts'
import { createHookBus, type HookBus, type HookCall } from './bus/hooks.ts'

/** What the bus of hooks is opened with. */
export interface HookParts {
  /** The user's own settings, as they are in force. */
  readonly settings: () => Config['hooks']
  readonly publish: (fact: Fact) => void
  /** Told of each run in which somebody was asked. */
  readonly onRun?: (outcome: HookOutcome, call: Omit<HookCall, 'data'>) => void
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Opens the bus of hooks under the user's policy; who denies and who fails becomes a fact. */
export function openHooks({ settings, publish, onRun, now }: HookParts): HookBus {
  const tell = tellingSeldom(publish, now)
  return createHookBus({
    policy: () => policyOf(settings()),
    now,
    onRecord(outcome, call) {
      onRun?.(outcome, call)
      for (const fact of factsOf(outcome, call.id)) tell(fact)
    },
  })
}

function policyOf({
  onFailure,
  required,
  optional,
  timeoutMs,
  longestTimeoutMs,
}: Config['hooks']): HookPolicy {
  const listeners = new Map<string, { onFailure: 'allow' | 'deny' }>()
  for (const id of optional) listeners.set(id, { onFailure: 'allow' })
  for (const id of required) listeners.set(id, { onFailure: 'deny' })
  return { onFailure, timeoutMs, longestTimeoutMs, listeners }
}

type HookFact = Extract<Fact, { type: 'hook.denied' | 'hook.failed' }>

/** What listeners say stays out of the facts: it may quote what nobody else should read. */
function factsOf({ hook, data, deniedBy, findings, results }: HookOutcome, call: string): HookFact[] {
  const repository = 'repository' in data && data.repository !== undefined ? data.repository : undefined
  const about = { hook, call, times: 1, ...(repository === undefined ? {} : { repository }) }
  const failed = results.flatMap(({ listener, status, ms }): HookFact[] => {
    if (status === 'ok' || status === 'skipped') return []
    return [{ type: 'hook.failed', data: { ...about, listener, status, ms: Math.round(ms) } }]
  })
  if (deniedBy === undefined) return failed
  const denied = { ...about, listener: deniedBy, findings: findings.length }
  return [...failed, { type: 'hook.denied', data: denied }]
}

const quietMs = 60_000
/** Remembered kinds of facts; a daemon has far fewer listeners. */
const mostKinds = 10_000

/**
 * Tells of a failing listener once a minute, and how often it was: one that fails at each of 80,000 commits
 * would push everything else out of the journal. A person's denials are all told.
 */
function tellingSeldom(publish: (fact: Fact) => void, now: () => number): (fact: HookFact) => void {
  const told = new Map<string, { at: number; times: number }>()
  return (fact) => {
    const { hook, listener } = fact.data
    if (fact.type === 'hook.denied' && hook !== 'before:remember') return publish(fact)
    const key = JSON.stringify([fact.type, hook, listener, fact.type === 'hook.failed' && fact.data.status])
    const last = told.get(key)
    const times = (last?.times ?? 0) + 1
    if (last !== undefined && now() - last.at < quietMs) {
      last.times = times
      return
    }
    if (told.size >= mostKinds) told.clear()
    told.set(key, { at: now(), times: 0 })
    if (fact.type === 'hook.denied') publish({ type: fact.type, data: { ...fact.data, times } })
    else publish({ type: fact.type, data: { ...fact.data, times } })
  }
}
