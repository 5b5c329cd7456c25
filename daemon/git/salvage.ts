import type { CommitHeader } from '../../contract/commit.ts'
import type { Skipped } from './lanes.ts'
import type { Repository } from './repository.ts'

/** Reads commits in batches, and tells of each that it could not read. */
export type ReadHeaders = (onSkipped: (skipped: Skipped) => void) => AsyncIterable<CommitHeader[]>

/**
 * Yields what is read and, without their paths, commits of which a tree is lost but not the commit itself.
 *
 * What such a commit says is still to be found, and its ancestors are still its ancestors.
 */
export async function* salvaging(
  repository: Pick<Repository, 'readCommit'>,
  read: ReadHeaders,
  onSkipped: (skipped: Skipped) => void,
  signal?: AbortSignal,
): AsyncGenerator<CommitHeader[]> {
  const missed: Skipped[] = []

  async function* salvaged(): AsyncGenerator<CommitHeader[]> {
    for (let one = missed.shift(); one !== undefined; one = missed.shift()) {
      const commit = await repository.readCommit(one.oid, signal).catch(() => undefined)
      signal?.throwIfAborted()
      if (commit === undefined) onSkipped(one)
      else yield [{ ...commit, changes: [] }]
    }
  }

  for await (const batch of read((one) => missed.push(one))) {
    yield batch
    yield* salvaged()
  }
  yield* salvaged()
}
