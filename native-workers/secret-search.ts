import { Piscina } from 'piscina'
import type { Secret } from './detect-secrets.ts'
import type { Searched } from './secret-tasks.ts'

/** Searches texts for secrets while somebody waits, without keeping the daemon from anything else. */
export interface SecretSearch {
  /** Returns where secrets stand; a search that is aborted ends at once, whatever a pattern makes of the text. */
  find(searched: Searched, signal: AbortSignal): Promise<Secret[]>
  close(): Promise<void>
}

const threadHeapMb = 128

/**
 * Creates a search, which begins a thread with the first text and keeps it.
 *
 * The workers' process would do as well, but it goes when there is no bulk work: who commits would wait each time
 * until it is there again, which takes longer than everything else that is done about a commit.
 */
export function createSecretSearch(tasks: URL): SecretSearch {
  let pool: Piscina<Searched, Secret[]> | undefined
  const open = () =>
    new Piscina<Searched, Secret[]>({
      filename: tasks.href,
      minThreads: 1,
      maxThreads: 1,
      atomics: 'disabled',
      recordTiming: false,
      resourceLimits: { maxOldGenerationSizeMb: threadHeapMb },
    })

  return {
    find(searched, signal) {
      pool ??= open()
      return pool.run(searched, { signal })
    },
    async close() {
      await pool?.destroy()
    },
  }
}
