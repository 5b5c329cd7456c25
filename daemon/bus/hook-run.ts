import type { Check } from '../../contract/check.ts'
import { Amendment, type HookDescription, type HookOutcome, type HookResult } from '../../contract/hooks.ts'
import { isValid } from '../../contract/validate.ts'
import { frozen, weightOf } from './json-value.ts'
import { applyPatch, BadPatch } from './patch.ts'

/** One listener's turn in a run. */
export interface Turn {
  readonly listener: string
  readonly priority: number
  readonly isShadow: boolean
  /** Whether nothing may pass without it, by the user's policy. */
  readonly isRequired: boolean
  /** Asks the listener; undefined when it is not concerned, or not there any more. */
  take(data: unknown): Promise<Reply | undefined>
}

/** What a listener said, or why it said nothing. */
export interface Reply {
  readonly status: HookResult['status']
  readonly ms: number
  readonly value?: unknown
  readonly message?: string
}

/** The rules that a run keeps to. */
export interface Rules {
  readonly hook: Pick<HookDescription, 'kind' | 'gate' | 'amends'>
  readonly input: Check<HookDescription['input']>
  readonly result: Check<HookDescription['input']>
}

/** What came of the turns so far. */
export interface Run {
  data: unknown
  readonly findings: HookOutcome['findings'][number][]
  readonly results: HookResult[]
  deniedBy?: string
}

/** Lets listeners have their turns, as the kind of the hook says. */
export async function runTurns(turns: readonly Turn[], data: unknown, rules: Rules): Promise<Run> {
  const run: Run = { data, findings: [], results: [] }
  for (const equals of roundsOf(turns, rules.hook.kind)) {
    if (run.deniedBy === undefined) {
      const given = run.data
      const replies = await Promise.all(equals.map((turn) => turn.take(given)))
      for (const [index, turn] of equals.entries()) take(run, turn, replies[index], rules)
    } else run.results.push(...equals.map(skipped))
  }
  return run
}

/**
 * Returns who is asked at once, in the order of the rounds.
 *
 * Gates of one priority learn nothing from each other, so that somebody who waits need not wait for one after the
 * other; what each amends or observes comes after what was amended or observed before it.
 */
function roundsOf(turns: readonly Turn[], kind: Rules['hook']['kind']): readonly (readonly Turn[])[] {
  if (kind === 'parallel') return [turns]
  if (kind !== 'bail') return turns.map((turn) => [turn])
  const rounds = new Map<number, Turn[]>()
  for (const turn of turns) {
    const equals = rounds.get(turn.priority)
    if (equals === undefined) rounds.set(turn.priority, [turn])
    else equals.push(turn)
  }
  return [...rounds.values()]
}

function skipped(turn: Turn): HookResult {
  return { listener: turn.listener, status: 'skipped', ms: 0, ...shadowOf(turn) }
}

function take(run: Run, turn: Turn, reply: Reply | undefined, rules: Rules): void {
  if (reply === undefined) return
  const { status, ms, message, ...said } = heard(run, turn, reply, rules)
  const { kind, gate } = rules.hook
  run.results.push({
    listener: turn.listener,
    status,
    ms,
    ...(message === undefined ? {} : { message }),
    ...(said.decision === undefined ? {} : { decision: said.decision }),
    ...shadowOf(turn),
    ...(kind === 'parallel' && status === 'ok' ? { value: said.value } : {}),
  })
  const isLost = status !== 'ok' && turn.isRequired
  if (gate && !turn.isShadow && (said.decision === 'deny' || isLost)) run.deniedBy ??= turn.listener
}

/** A reply that was understood. */
interface Heard extends Reply {
  readonly decision?: 'allow' | 'deny'
}

/** Most bytes of one answer. */
const mostBytes = 8 * 1024 * 1024

/** Takes an answer at its word where the hook allows it; an answer that breaks the rules changes nothing. */
function heard(run: Run, turn: Turn, reply: Reply, { hook, input, result }: Rules): Heard {
  const { value, ms } = reply
  if (reply.status !== 'ok' || hook.kind === 'series' || value === undefined || value === null) return reply
  const invalid = (message: string): Heard => ({ status: 'invalid', ms, message })
  if (weightOf(value, mostBytes) === undefined) return invalid('answered no plain JSON, or too much of it')
  const [complaint] = result.complaints(value)
  if (complaint !== undefined) return invalid(`answered wrongly: ${complaint.at} ${complaint.message}`)
  if (hook.kind === 'parallel' || !isValid(Amendment, value)) return reply
  const { patch, decision, findings = [] } = value
  if (patch !== undefined) {
    const amended = amendedBy(patch, run.data, hook.amends ?? [])
    if (amended instanceof BadPatch) return invalid(amended.message)
    const [wrong] = input.complaints(amended)
    if (wrong !== undefined) return invalid(`patched to what may not be: ${wrong.at} ${wrong.message}`)
    if (!turn.isShadow) run.data = frozen(amended)
  }
  const named = { listener: turn.listener, ...shadowOf(turn) }
  run.findings.push(...findings.map((finding) => ({ ...finding, ...named })))
  return { ...reply, ...(decision === undefined ? {} : { decision }) }
}

function amendedBy(patch: readonly unknown[], data: unknown, amends: readonly string[]): unknown {
  try {
    return applyPatch(data, patch, amends)
  } catch (error) {
    if (error instanceof BadPatch) return error
    throw error
  }
}

function shadowOf({ isShadow }: Turn): { shadow?: boolean } {
  return isShadow ? { shadow: true } : {}
}
