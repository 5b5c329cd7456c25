import type { Problem, RepositoryState, RepositoryStatus, StatusAnswer } from '../contract/status.ts'
import { duration } from './age.ts'
import { bytes, counted, grouped } from './amount.ts'
import { progressLine } from './progress.ts'
import { sanitise } from '../contract/plain.ts'
import { styled, type Style, type Terminal } from './terminal.ts'
import { fit, fitPath, wrap } from './width.ts'

const marks: Record<RepositoryState, { mark: string; style: Style }> = {
  ready: { mark: '●', style: 'green' },
  reading: { mark: '◐', style: 'blue' },
  waiting: { mark: '○', style: 'blue' },
  missing: { mark: '✖', style: 'red' },
  failed: { mark: '✖', style: 'red' },
}

/** Prints what the daemon is and what it holds. */
export function printStatus({ daemon, repositories }: StatusAnswer, terminal: Terminal): void {
  const { version, pid, startedAt, rssBytes, cpuSeconds, state } = daemon
  const up = duration((Date.now() - Date.parse(startedAt)) / 1000)
  terminal.line(
    styled('bold', `aios ${version}`),
    styled(
      'dim',
      ` · process ${pid} · up ${up} · ${bytes(rssBytes)} memory · ${duration(cpuSeconds)} of CPU`,
    ),
  )
  terminal.line(styled('dim', fitPath(state, terminal.room)))
  terminal.line()
  if (repositories.length === 0)
    terminal.line('No repository yet. Register one with ', styled('cyan', 'aios init'), '.')
  for (const repository of repositories) printRepository(repository, terminal)
}

/** Prints one repository in two lines, or three while it is being read. */
export function printRepository(repository: RepositoryStatus, terminal: Terminal): void {
  const { id, path, branch, head, episodes, pending, skipped, state, progress, problem } = repository
  const { mark, style } = marks[state]
  // What is not open has no counts yet: zeros would say that nothing is remembered.
  const isOpen = state !== 'waiting' && state !== 'missing'
  const where = branch ?? head?.slice(0, 9) ?? (isOpen ? 'no commit yet' : '')
  terminal.line(
    styled(style, `${mark} `),
    styled('bold', fitPath(sanitise(path), terminal.room - 4 - Math.min(where.length, 30))),
    styled('dim', `  ${fit(sanitise(where), 30)}`),
  )
  const parts = [
    id,
    state === 'waiting' ? 'opening' : state,
    ...(isOpen ? [counted(episodes, 'commit')] : []),
    ...(isOpen && pending > 0 ? [`${grouped(pending)} to read`] : []),
    ...(skipped > 0 ? [`${grouped(skipped)} unreadable`] : []),
    ...(isOpen ? [bytes(repository.bytes)] : []),
    ...embedderParts(repository),
  ]
  terminal.line('  ', styled('dim', fit(parts.join(' · '), terminal.room - 2)))
  if (progress !== undefined && progress.phase !== 'idle') {
    terminal.line('  ', ...progressLine(progress, terminal.width - 2))
  }
  if (problem !== undefined) terminal.line('  ', styled('red', fit(sanitise(problem), terminal.room - 2)))
}

/** What is unusual about the vectors; that they were learned is what everyone expects. */
function embedderParts({ embedder }: RepositoryStatus): string[] {
  if (embedder === undefined) return []
  if (embedder.state === 'trained') return ['trained']
  return [`${embedder.state}: ${sanitise(embedder.note)}`]
}

/** Prints what is wrong and the command that mends it. */
export function printProblems(problems: readonly Problem[], terminal: Terminal): void {
  for (const { message, hint } of problems) {
    terminal.line()
    for (const [index, line] of wrap(sanitise(message), terminal.width - 2).entries()) {
      terminal.line(styled('yellow', index === 0 ? '! ' : '  '), line)
    }
    for (const line of wrap(sanitise(hint), terminal.width - 4)) terminal.line('  ', styled('cyan', line))
  }
}
