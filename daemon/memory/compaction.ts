/** Decides when a store's files are merged and what they replaced is removed. */
export interface Compaction {
  /** Says that something was written. Compacts at once when small writes have piled up. */
  wrote(): Promise<void>
  close(): Promise<void>
}

/** What compaction is decided by. */
export interface CompactionParts {
  /** Merges small files, and removes what was replaced longer ago than the grace period. */
  readonly compact: () => Promise<void>
  readonly onFailure: (error: unknown) => void
  /** Small writes after which files are merged. */
  readonly everyWrites: () => number
  /** How long what was replaced is kept. */
  readonly graceMs: () => number
}

/** A little longer than the grace period, so that it is over. */
const marginMs = 1_000

/** Creates the schedule: after so many writes, and once more when the last write's grace period is over. */
export function createCompaction({ compact, onFailure, everyWrites, graceMs }: CompactionParts): Compaction {
  let writes = 0
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  function later(): void {
    timer = undefined
    running = compact()
      .catch(onFailure)
      .finally(() => (running = undefined))
  }

  return {
    async wrote() {
      writes += 1
      clearTimeout(timer)
      timer = setTimeout(later, graceMs() + marginMs).unref()
      if (writes < everyWrites()) return
      writes = 0
      await compact()
    },
    async close() {
      clearTimeout(timer)
      await running
    },
  }
}
