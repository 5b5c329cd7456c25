import { AiosError } from '../../contract/errors.ts'
import type { HookOutcome } from '../../contract/hooks.ts'

/** What a denial is told from. */
type Denial = Pick<HookOutcome, 'hook' | 'deniedBy' | 'findings' | 'results'>

/** Says whether a listener refused, rather than being one that must answer and did not. */
export function isRefusal({ deniedBy, results }: Denial): boolean {
  return results.some(({ listener, status }) => listener === deniedBy && status === 'ok')
}

/** Returns the error that a denied caller gets: who denied, and in which words. */
export function denialOf(outcome: Denial): AiosError {
  const { hook, deniedBy = '', findings, results } = outcome
  if (isRefusal(outcome)) {
    const reason = findings.find(({ listener, shadow }) => listener === deniedBy && shadow !== true)?.message
    const why = reason === undefined ? '' : `: ${plain(reason)}`
    return new AiosError('hook.denied', `${deniedBy} does not allow it at ${hook}${why}`)
  }
  const state = results.find(({ listener, status }) => listener === deniedBy && status !== 'skipped')?.status
  return new AiosError(
    'hook.unanswered',
    `${deniedBy} must be asked at ${hook}, and gave no valid answer (${state}).`,
  )
}

/** Most characters of a plugin's words in a message of ours. */
const mostCharacters = 500

/** Whoever prints it may have a terminal. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, mostCharacters)
}
