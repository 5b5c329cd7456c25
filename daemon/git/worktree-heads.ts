import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Git, GitOptions } from './git.ts'
import type { Layout } from './locate.ts'
import { readPlainText } from './plain-file.ts'
import type { Ref } from './refs.ts'

/**
 * Returns the commits that the heads of all worktrees are at, the main one included, given all refs.
 *
 * Git is asked only where there are linked worktrees, or where HEAD names none of the refs: this is read after each
 * commit, and to start a process takes the daemon 10 to 20 ms in which it hears nobody.
 */
export async function readWorktreeHeads(
  git: Git,
  where: GitOptions,
  layout: Pick<Layout, 'commonDir' | 'isBare'>,
  refs: readonly Ref[],
): Promise<string[]> {
  const linked = await readdir(join(layout.commonDir, 'worktrees')).catch(() => [])
  if (linked.length === 0) {
    if (layout.isBare) return []
    const branch = await branchAt(layout.commonDir)
    const named = refs.find(({ name }) => name === branch)
    if (named !== undefined) return [named.oid]
  }
  const listing = await git.text(['worktree', 'list', '--porcelain'], where)
  const oids = [...listing.matchAll(/^HEAD ([0-9a-f]{40,64})$/gm)].flatMap(([, oid]) => oid ?? [])
  return [...new Set(oids)].filter((oid) => !/^0+$/.test(oid))
}

/** Returns the full name of the branch that HEAD names; undefined when it is detached or cannot be read. */
export async function branchAt(gitDir: string): Promise<string | undefined> {
  const text = await readPlainText(join(gitDir, 'HEAD')).catch(() => '')
  return /^ref: (refs\/\S+)\n?$/.exec(text)?.[1]
}
