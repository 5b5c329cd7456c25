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
  return { repository: now, added, ...suggestions }
}

/** Prints what is known of the repository, and what to try. */
export function printRegistered({ repository, summary, tries }: Registered, terminal: Terminal): void {
  const { commits, authors, files, fixes, reverts, firstYear, lastYear } = summary
  const years = firstYear === undefined || firstYear === lastYear ? '' : `, ${firstYear} to ${lastYear}`
  terminal.line(styled(['green', 'bold'], '✔ '), styled('bold', repository.path))
  terminal.line(
    `  ${counted(commits, 'commit')} by ${counted(authors, 'author')} in ${counted(files, 'file')}${years}`,
  )
  terminal.line(styled('dim', `  ${counted(fixes, 'fix', 'fixes')} · ${counted(reverts, 'revert')}`))
  if (repository.skipped > 0)
    terminal.line(styled('yellow', `  ${counted(repository.skipped, 'commit')} could not be read`))
  if (tries.length === 0) return
  terminal.line()
  terminal.line('Try')
  for (const { command, why } of tries) {
    terminal.line('  ', styled('cyan', command))
    for (const line of wrap(why, terminal.width - 6)) terminal.line('      ', styled('dim', line))
  }
}
