import type { Fact } from '../contract/events.ts'
import { questionHooks } from '../contract/hook-routes.ts'
import { hookOf, type HookOutcome } from '../contract/hooks.ts'
import type { Audit } from './audit/audit.ts'
import type { HookCall } from './bus/hooks.ts'
import type { Observation } from './open-observation.ts'
import { childOf } from './telemetry/trace.ts'

/** Who hears of every run of a hook. */
export interface HookWatchParts extends Pick<Observation, 'metrics' | 'spans' | 'traces'> {
  readonly audit: Audit
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Creates what counts, traces and records each run in which somebody was asked. */
export function watchHooks(
  parts: HookWatchParts,
): (outcome: HookOutcome, call: Omit<HookCall, 'data'>) => void {
  const { metrics, spans, traces, audit, now } = parts
  return (outcome, call) => {
    const { hook, decision, deniedBy, results } = outcome
    const ended = now()
    metrics.hookDecided(hook, decision, Math.max(0, ended - call.time) / 1000)
    for (const { status } of results)
      if (status !== 'ok' && status !== 'skipped') metrics.listenerFailed(hook, status)
    spans.record({
      name: `hook ${hook}`,
      trace: childOf(traces.current()),
      began: call.time,
      ended,
      attributes: { 'aios.hook': hook, 'aios.decision': decision, 'aios.listeners': results.length },
      ...(deniedBy === undefined ? {} : { failure: 'hook.denied' }),
    })
    if (!isRecorded(outcome)) return
    if (decision === 'deny') audit.record(verdictOf(outcome))
    else audit.recordSoon(verdictOf(outcome))
  }
}

const questions: ReadonlySet<string> = new Set(questionHooks)

/**
 * Every refusal of a gate is recorded, and every answer to git, which somebody waits for anyway. That a question to
 * memory was let through is no news, and would be a line for each question. What is dropped on its way into memory
 * may be eighty thousand commits at once: those are told by `recordDrops`, a minute at a time.
 */
function isRecorded({ hook, decision }: HookOutcome): boolean {
  if (!hookOf(hook).gate || hook === 'before:remember') return false
  return decision === 'deny' || questions.has(hook)
}

/** What listeners said stays out of it: it may quote what nobody else should read. */
function verdictOf({ hook, data, decision, deniedBy, findings, results }: HookOutcome) {
  const repository = 'repository' in data && data.repository !== undefined ? ` in ${data.repository}` : ''
  const asked = results.map(({ listener, status, decision: said = status, shadow = false }) =>
    shadow ? `${listener}: ${said}, in shadow` : `${listener}: ${said}`,
  )
  return {
    kind: 'hook.verdict',
    actor: deniedBy ?? 'listeners',
    subject: `${hook}${repository}`,
    decision,
    detail: `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}; ${asked.join('; ')}`,
  }
}

/** Records what was kept out of memory, as often as it is told. */
export function recordDrops(audit: Audit): (fact: Fact) => void {
  return (fact) => {
    if (fact.type !== 'hook.denied' || fact.data.hook !== 'before:remember') return
    const { listener, repository, times } = fact.data
    audit.record({
      kind: 'hook.verdict',
      actor: listener,
      subject: `before:remember${repository === undefined ? '' : ` in ${repository}`}`,
      decision: 'deny',
      detail: `${times} times since this was recorded last`,
    })
  }
}
