import type { HookAnswer, QuestionHook } from '../../contract/hook-routes.ts'
import { sanitise } from '../../contract/plain.ts'

/** What a listener found. */
export interface FoundByListener {
  readonly message: string
  readonly severity: 'info' | 'warning' | 'error'
  readonly listener: string
  readonly path?: string
  readonly line?: number
  /** Commits or addresses that prove it. */
  readonly evidence?: readonly string[]
  /** How to silence it. */
  readonly silence?: string
  /** Whether the listener only practises: what it finds is shown and decides nothing. */
  readonly shadow?: boolean
}

/** What came of asking every listener. */
export interface Verdict {
  readonly decision: 'allow' | 'deny'
  readonly findings: readonly FoundByListener[]
  readonly results: readonly {
    readonly listener: string
    readonly status: string
    readonly message?: string
  }[]
}

/** Findings beyond these are counted. */
const mostFindings = 20
const mostCharacters = 500
const mostEvidence = 5
const commandOf = { 'pre-commit': 'commit', 'commit-msg': 'commit', 'pre-push': 'push' } as const
const failed = new Set(['timeout', 'failed', 'invalid'])

/** Returns the verdict as a shell reads it and a person sees it: what others wrote in it is only ever text. */
export function verdictText(hook: QuestionHook, { decision, findings, results }: Verdict): HookAnswer {
  const worstFirst = findings.toSorted((one, other) => rankOf(one) - rankOf(other))
  const shown = worstFirst.slice(0, mostFindings).flatMap(linesOf)
  const more = findings.length - mostFindings
  const silent = results.filter(({ status }) => failed.has(status))
  const denying = [
    ...new Set(
      findings
        .filter(({ severity, shadow }) => severity === 'error' && shadow !== true)
        .map(({ listener }) => listener),
    ),
  ]
  const lines = [
    ...(decision === 'deny' ? [`aios: ${hook} says no.`] : shown.length > 0 ? [`aios: ${hook}`] : []),
    ...shown,
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...silent.map(
      ({ listener, status, message = '' }) =>
        `aios: ${one(listener)} did not decide (${status}${message === '' ? '' : `: ${one(message)}`})`,
    ),
    ...wayIn(findings),
    ...(decision === 'deny' ? [wayOut(hook, denying)] : []),
  ]
  return { decision, text: [`aios1 ${decision}`, ...lines].join('\n') }
}

/** What decides stands first: there is room for so many, and a person begins at the top. */
function rankOf({ severity, shadow }: FoundByListener): number {
  return ['error', 'warning', 'info'].indexOf(severity) * 2 + (shadow === true ? 1 : 0)
}

function linesOf({
  severity,
  message,
  listener,
  path,
  line,
  evidence = [],
  silence,
  shadow,
}: FoundByListener): string[] {
  const place = path === undefined ? '' : ` ${one(path)}${line === undefined ? '' : `:${line}`}`
  const practice = shadow === true ? ', in shadow mode' : ''
  return [
    `  ${severity}:${place} ${one(message)} [${one(listener)}${practice}]`,
    ...(evidence.length === 0
      ? []
      : [`    evidence: ${evidence.slice(0, mostEvidence).map(one).join(', ')}`]),
    ...(silence === undefined ? [] : [`    to silence it: ${one(silence)}`]),
  ]
}

/** Says once what makes those count that would have refused. */
function wayIn(findings: readonly FoundByListener[]): string[] {
  const practising = findings.filter(({ severity, shadow }) => severity === 'error' && shadow === true)
  const [name, ...others] = new Set(practising.map(({ listener }) => listener).filter(isListener))
  if (name === undefined) return []
  const here = practising.every(({ listener }) => listener.includes('@')) ? ' --here' : ''
  const plugin = others.length === 0 ? pluginOf(name) : 'NAME'
  return [`  Shadow mode refuses nothing; \`aios plugin enable ${plugin}${here} --enforce\` makes it count.`]
}

function isListener(listener: string): boolean {
  return /^[\w.-]+(@[\w.-]+)?$/.test(listener)
}

/** Where one repository has a decision of its own, what listens there is named `plugin@repository`. */
function pluginOf(listener: string): string {
  return listener.replace(/@.*/s, '')
}

function wayOut(hook: QuestionHook, denying: readonly string[]): string {
  const command = `git ${commandOf[hook]}`
  const names = denying.filter(isListener).map(pluginOf)
  const skip = names.length === 0 ? '' : ` or \`AIOS_SKIP=${names.join(',')} ${command}\``
  return `  To go on all the same: \`${command} --no-verify\`${skip}`
}

function one(text: string): string {
  const safe = sanitise(text)
  return safe.length > mostCharacters ? `${safe.slice(0, mostCharacters)}…` : safe
}
