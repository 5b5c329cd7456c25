import { repositoryRoutes } from '../contract/repository-routes.ts'
import type { RepositoryStatus, Suggestions } from '../contract/status.ts'
import { counted } from './amount.ts'
import type { Client } from './client.ts'
import type { Context } from './command.ts'
import { showProgress } from './progress.ts'
import { styled, type Terminal } from './terminal.ts'
import { wrap } from './width.ts'

/** A repository that is remembered now, and what is worth trying on it. */
export interface Registered extends Suggestions {
  readonly repository: RepositoryStatus
  /** Whether it was not registered before. */
  readonly added: boolean
}

/** Registers the repository and waits until it is remembered; does nothing twice. */
export async function register(path: string, client: Client, context: Context): Promise<Registered> {
  const { repository, added } = await client.call(repositoryRoutes.addRepository, { path })
  const named = { repository: repository.id }
  const progress = client.stream(repositoryRoutes.followProgress, named)
  if (context.verbosity === 'quiet' || context.wantsJson) for await (const _ of progress);
  else await showProgress(progress, context.notes)
  const [now, suggestions] = await Promise.all([
    client.call(repositoryRoutes.repository, named),
    client.call(repositoryRoutes.suggestions, named),
  ])
  const registered = { repository: now, added, ...suggestions }
  // People see them beside what was read.
  if (context.wantsJson) for (const trouble of troublesOf(registered)) context.warn(trouble)
  return registered
}

const degraded = 7

/** Returns the exit code of what registered a repository: degraded when nothing of its history could be read. */
export function exitOf(registered: Registered): number {
  return isUnread(registered) ? degraded : 0
}

/** An empty repository has nothing to be read, and no head. */
function isUnread({ repository: { episodes, skipped, problem, head } }: Registered): boolean {
  return episodes === 0 && (skipped > 0 || problem !== undefined || head !== undefined)
}

/** Returns, in words, what of the repository could not be read. */
function troublesOf(registered: Registered): string[] {
  const { skipped, problem, path } = registered.repository
  const unread = counted(skipped, 'commit')
  return [
    ...(isUnread(registered)
      ? [`Nothing of the history of ${path} could be read; try \`git fsck\` there.`]
      : []),
    ...(problem === undefined ? [] : [problem]),
    ...(skipped === 0 ? [] : [`${unread} could not be read, or not whole; \`aios status\` says why.`]),
  ]
}

/** Prints what is known of the repository, and what to try. */
export function printRegistered(registered: Registered, terminal: Terminal): void {
  const { repository, summary, tries } = registered
  const { commits, authors, files, fixes, reverts, firstYear, lastYear } = summary
  const years = firstYear === undefined || firstYear === lastYear ? '' : `, ${firstYear} to ${lastYear}`
  const mark = isUnread(registered) ? styled(['yellow', 'bold'], '! ') : styled(['green', 'bold'], '✔ ')
  terminal.line(mark, styled('bold', repository.path))
  terminal.line(
    `  ${counted(commits, 'commit')} by ${counted(authors, 'author')} in ${counted(files, 'file')}${years}`,
  )
  terminal.line(styled('dim', `  ${counted(fixes, 'fix', 'fixes')} · ${counted(reverts, 'revert')}`))
  for (const trouble of troublesOf(registered)) terminal.line(styled('yellow', `! ${trouble}`))
  if (tries.length === 0) return
  terminal.line()
  terminal.line('Try')
  for (const { command, why } of tries) {
    terminal.line('  ', styled('cyan', command))
    for (const line of wrap(why, terminal.width - 6)) terminal.line('      ', styled('dim', line))
  }
}
