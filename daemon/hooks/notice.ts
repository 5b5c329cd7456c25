import type { HookNotice } from '../../contract/hook-routes.ts'
import { findGitFolders, type GitFolders } from './question.ts'

/** What a registered repository does with a notice. */
export interface Noticed {
  /** Looks at its refs; with rewritten commits, takes them as evidence. */
  notice(rewritten: NonNullable<HookNotice['rewritten']>): void
  /** Tells those who listen to the hook. */
  tell(notice: HookNotice, root: string | undefined): void
}

/** Where notices go. */
export interface NoticeParts {
  /** Returns the registered repository with these git folders. */
  readonly find: (folders: GitFolders) => Noticed | undefined
  readonly all: () => readonly Noticed[]
}

/**
 * Passes on what a hook told, and returns how many repositories look again.
 *
 * A place that could not be written down may be any of them: all look again, and nobody is told more. Commits
 * that a repository does not know prove nothing there.
 */
export async function passOn(notice: HookNotice, { find, all }: NoticeParts): Promise<number> {
  const { place = '?', rewritten = [] } = notice
  if (place === '?') {
    for (const one of all()) one.notice(rewritten)
    return all().length
  }
  const folders = await findGitFolders(place)
  const found = folders === undefined ? undefined : find(folders)
  if (folders === undefined || found === undefined) return 0
  found.notice(rewritten)
  found.tell(notice, folders.gitDir === place ? undefined : place)
  return 1
}
