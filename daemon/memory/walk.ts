import type { CommitHeader, CommitPatch } from '../../contract/commit.ts'

/** A commit read whole. */
export interface ReadCommit {
  readonly header: CommitHeader
  readonly patch: CommitPatch
}

/** More new commits than this are read in bulk. */
const fewCommits = 32

/**
 * Returns the commits between the tips and what is settled, newest first, when they are few and all can be
 * read; undefined when they are better read in bulk.
 *
 * A commit is settled when all of its ancestors are remembered too. To go from parent to parent through a
 * held-open git takes a millisecond each, where asking for the range would start three processes.
 */
export async function walkNew(
  tips: Iterable<string>,
  isSettled: (oid: string) => boolean,
  read: (oid: string) => Promise<ReadCommit | undefined>,
): Promise<ReadCommit[] | undefined> {
  const found = new Map<string, ReadCommit>()
  const left = [...tips].filter((tip) => !isSettled(tip))
  for (let oid = left.shift(); oid !== undefined; oid = left.shift()) {
    if (found.has(oid)) continue
    if (found.size + left.length >= fewCommits) return undefined
    const commit = await read(oid)
    if (commit === undefined) return undefined
    found.set(oid, commit)
    left.push(...commit.header.parents.filter((parent) => !isSettled(parent)))
  }
  return [...found.values()]
}
