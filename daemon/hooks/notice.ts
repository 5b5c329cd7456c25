import { realpath } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { HookNotice } from '../../contract/hook-routes.ts'
import { findGitFolders, type GitFolders } from './question.ts'
import { readPlainText } from '../git/plain-file.ts'

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
  found.tell(notice, await rootOf(place, folders))
  return 1
}

/** What those who listen to a hook that only tells are given; what git did not say is absent. */
export function dataOf(
  { hook, oid, branch, arguments: words = [], rewritten }: HookNotice,
  place: { readonly repository: string; readonly root: string },
): Record<string, unknown> {
  const [first, second, third] = words
  const where = { ...place, branch }
  const data = {
    'post-commit': { ...where, oid },
    'post-merge': { ...where, oid, squash: flagOf(first) },
    'post-checkout': { ...where, from: first, to: second, isBranch: flagOf(third) },
    'post-rewrite': { ...where, cause: first, rewrites: rewritten },
  }
  const told = Object.entries(data[hook])
  return Object.fromEntries(told.filter(([, value]) => value !== undefined))
}

/** Returns the worktree that a hook ran in; undefined for the repository's own. A linked one is told by its git folder. */
async function rootOf(place: string, { gitDir }: GitFolders): Promise<string | undefined> {
  const real = await realpath(place).catch(() => place)
  if (real !== gitDir) return place
  const link = await readPlainText(join(gitDir, 'gitdir')).catch(() => undefined)
  return link === undefined ? undefined : dirname(resolve(gitDir, link.trim()))
}

function flagOf(word: string | undefined): boolean | undefined {
  return word === undefined ? undefined : word === '1'
}
