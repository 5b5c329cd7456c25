import { join } from 'node:path'
import type { Repository } from './git/repository.ts'
import type { StagedTrees } from './git/staged-trees.ts'
import type { Memory } from './memory/memory.ts'

/** What is found out about a staged change before anybody asks. */
export interface StagingParts {
  readonly repository: Pick<Repository, 'gitDir' | 'commonDir'>
  readonly staged: Pick<StagedTrees, 'prepare' | 'readings'>
  readonly memory: Pick<Memory, 'companions'>
  /** Says whether anybody will ask. */
  readonly isWanted: () => boolean
  readonly onError: (error: unknown) => void
  /** A git that takes longer hangs: who commits would wait for it. */
  readonly longestMs?: number
}

/** Notices that something was staged. */
export interface Staging {
  notice(): void
  close(): Promise<void>
}

/** Files are staged one after the other; and who commits at once asks before this is over. */
const pauseMs = 100
const usualLongestMs = 30_000

/**
 * Finds out, when something was staged, what gates will ask about it: whoever then writes a message and commits waits
 * for less. What comes of it is kept where it is asked for; a question never waits for it, and is answered the same.
 */
export function openStaging(parts: StagingParts): Staging {
  const { repository, staged, memory, isWanted, onError, longestMs = usualLongestMs } = parts
  const { gitDir, commonDir } = repository
  const place = { gitDir, commonDir, indexFile: join(gitDir, 'index') }
  const ending = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()

  async function prepare(before: Promise<void>): Promise<void> {
    await before
    try {
      const limit = AbortSignal.timeout(longestMs)
      const files = await staged.prepare(place, AbortSignal.any([ending.signal, limit]))
      if (files.length > 0) memory.companions(files.flatMap(({ path, oldPath = path }) => [path, oldPath]))
    } catch (error) {
      if (!ending.signal.aborted) onError(error)
    }
  }

  function notice(): void {
    clearTimeout(timer)
    if (ending.signal.aborted || !isWanted()) return
    const before = staged.readings()
    // Where no hook has asked, nobody will.
    if (before === 0) return
    const begin = () => {
      // Git has asked meanwhile, and writes the index for itself.
      if (staged.readings() !== before) return
      running = prepare(running)
    }
    timer = setTimeout(begin, pauseMs).unref()
  }

  return {
    notice,
    async close() {
      clearTimeout(timer)
      ending.abort()
      await running
    },
  }
}
