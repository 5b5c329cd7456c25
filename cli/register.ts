import { repositoryRoutes } from '../contract/repository-routes.ts'
import type { InputOf, ReplyOf, Route } from '../contract/route.ts'
import type { RepositoryStatus, Suggestions } from '../contract/status.ts'
import { counted } from './amount.ts'
import type { Client } from './client.ts'
import type { Context } from './command.ts'
import { createProgressView } from './progress.ts'
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
  const { repository, added } = await watched(repositoryRoutes.addRepository, { path }, client, context)
  const suggestions = await client.call(repositoryRoutes.suggestions, { repository: repository.id })
  const registered = { repository, added, ...suggestions }
  // People see them beside what was read.
  if (context.wantsJson) warnOf(repository, context)
  return registered
}

/** Does long work, and shows people how far it is. */
export async function watched<R extends Route>(
  route: R,
  input: InputOf<R>,
  client: Client,
  context: Context,
): Promise<ReplyOf<R>> {
  if (context.verbosity === 'quiet' || context.wantsJson) return client.call(route, input)
  const view = createProgressView(context.notes)
  try {
    return await client.work(route, input, view.show)
  } finally {
    view.end()
  }
}

/** Warns of what of a repository could not be read. */
export function warnOf(repository: RepositoryStatus, context: Context): void {
  for (const trouble of troublesOf(repository)) context.warn(trouble)
}

const degraded = 7

/** Returns the exit code of what registered a repository: degraded when nothing of its history could be read. */
export function exitOf({ repository }: Registered): number {
  return isUnread(repository) ? degraded : 0
}

/** An empty repository has nothing to be read, and no head. */
function isUnread({ episodes, skipped, problem, head }: RepositoryStatus): boolean {
  return episodes === 0 && (skipped > 0 || problem !== undefined || head !== undefined)
}

/** Returns, in words, what of the repository could not be read. */
function troublesOf(repository: RepositoryStatus): string[] {
  const { skipped, problem, path } = repository
  const unread = counted(skipped, 'commit')
  return [
    ...(isUnread(repository)
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
  const mark = isUnread(repository) ? styled(['yellow', 'bold'], '! ') : styled(['green', 'bold'], '✔ ')
  terminal.line(mark, styled('bold', repository.path))
  terminal.line(
    `  ${counted(commits, 'commit')} by ${counted(authors, 'author')} in ${counted(files, 'file')}${years}`,
  )
  terminal.line(styled('dim', `  ${counted(fixes, 'fix', 'fixes')} · ${counted(reverts, 'revert')}`))
  for (const trouble of troublesOf(repository)) terminal.line(styled('yellow', `! ${trouble}`))
  if (tries.length === 0) return
  terminal.line()
  terminal.line('Try')
  for (const { command, why } of tries) {
    terminal.line('  ', styled('cyan', command))
    for (const line of wrap(why, terminal.width - 6)) terminal.line('      ', styled('dim', line))
  }
}
