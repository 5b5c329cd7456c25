import { createHash, hash } from 'node:crypto'
import type { RawChange } from '../../contract/commit.ts'

/** Digests a commit's change while it streams by. */
export interface PatchIdentity {
  /** Begins the next path. */
  file(change: RawChange): void
  /** Adds a binary change, which is known by its two contents alone. */
  binary(change: RawChange): void
  /** Adds a run of a hunk's lines. */
  lines(bytes: Buffer, start: number, end: number): void
  /** Returns the identity of everything since the last one, or undefined when there was nothing. */
  finish(): string | undefined
}

const scratchBytes = 128 * 1024

/**
 * Creates a digest of changes that is equal for commits that do the same to the same paths.
 *
 * Line numbers and the ids of the text before and after stay out, so that a rebase does not change it; the
 * lines around a change are in, as in `git patch-id`.
 */
export function createPatchIdentity(): PatchIdentity {
  const scratch = Buffer.allocUnsafe(scratchBytes)
  let used = 0
  let long: ReturnType<typeof createHash> | undefined

  const spill = () => {
    long ??= createHash('sha1')
    long.update(scratch.subarray(0, used))
    used = 0
  }
  const text = (value: string) => {
    if (used + value.length * 3 > scratchBytes) spill()
    if (value.length * 3 > scratchBytes) long?.update(value)
    else used += scratch.write(value, used)
  }

  return {
    file(change) {
      const modes = change.oldMode === change.newMode ? '' : `${change.oldMode} ${change.newMode}`
      text(`\0${change.oldPath ?? change.path}\0${change.path}\0${modes}\0`)
    },
    binary: ({ oldOid, newOid }) => text(`${oldOid} ${newOid}`),
    lines(bytes, start, end) {
      if (used + end - start > scratchBytes) spill()
      if (end - start > scratchBytes) long?.update(bytes.subarray(start, end))
      else used += bytes.copy(scratch, used, start, end)
    },
    finish() {
      if (long === undefined && used === 0) return undefined
      const last = scratch.subarray(0, used)
      const identity = long === undefined ? hash('sha1', last) : long.update(last).digest('hex')
      used = 0
      long = undefined
      return identity
    },
  }
}
