import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Layout } from './locate.ts'
import type { Head } from './refs.ts'
import { branchAt } from './worktree-heads.ts'

/** Returns what is checked out. */
type ReadHead = (signal?: AbortSignal) => Promise<Head>

/**
 * Returns the same, asked of git only when one of the files that decide it has changed: a status asks often, and
 * git takes two processes to answer.
 *
 * Git puts these files in place by renaming, so that each change has an inode and times of its own.
 */
export function rememberingHead(layout: Pick<Layout, 'gitDir' | 'commonDir'>, read: ReadHead): ReadHead {
  let kept: { readonly stamp: string; readonly head: Head } | undefined

  return async (signal) => {
    const before = kept === undefined ? undefined : await stampOf(layout, kept.head)
    if (kept !== undefined && before === kept.stamp) return kept.head
    kept = undefined
    const early = await stampOf(layout, named(await branchAt(layout.gitDir)))
    const head = await read(signal)
    // What changed while git looked may be older or newer than its answer.
    if (early !== undefined && early === (await stampOf(layout, head))) kept = { stamp: early, head }
    return head
  }
}

/** The branch that HEAD names, to know which file to look at before git has answered. */
function named(ref: string | undefined): Pick<Head, 'ref'> {
  return ref === undefined ? {} : { ref }
}

/** Returns when what decides a head was changed last; undefined where that cannot be told. */
async function stampOf(
  { gitDir, commonDir }: Pick<Layout, 'gitDir' | 'commonDir'>,
  { ref }: Pick<Head, 'ref'>,
): Promise<string | undefined> {
  const files = [
    join(gitDir, 'HEAD'),
    join(commonDir, 'packed-refs'),
    join(commonDir, 'reftable/tables.list'),
  ]
  const own = ref === undefined ? [] : [join(commonDir, ref), join(gitDir, ref)]
  // In the main worktree both are one folder.
  const [head, ...others] = await Promise.all([...new Set([...files, ...own])].map(stampOfFile))
  return head === absent ? undefined : [ref, head, ...others].join(' ')
}

const absent = 'absent'

function stampOfFile(path: string): Promise<string> {
  return stat(path, { bigint: true }).then(
    ({ mtimeNs, ctimeNs, size, ino }) => `${mtimeNs}:${ctimeNs}:${size}:${ino}`,
    () => absent,
  )
}
