/** Optimizes a store when it is asked to, and by itself before small writes become a burden. */
export interface Upkeep {
  /** Optimizes now. Worth it even when nothing was written: replaced versions may have come of age. */
  readonly run: () => Promise<void>
  /** Counts a write when it is done. */
  readonly after: (write: Promise<void>) => Promise<void>
}

/** Each write is a file of its own, and a read opens all of them: two hundred make it ten times as slow. */
const mostWrites = 100

/** Creates the upkeep of a store that was just opened. */
export function createUpkeep(optimize: () => Promise<void>): Upkeep {
  let writes = 0

  function run(): Promise<void> {
    writes = 0
    return optimize()
  }

  return {
    run,
    async after(write) {
      await write
      if (++writes < mostWrites) return
      // Nothing was lost if it fails, and whoever optimizes next is told.
      run().catch(() => undefined)
    },
  }
}
