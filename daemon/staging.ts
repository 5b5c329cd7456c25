import { join } from 'node:path'
import type { Repository } from './git/repository.ts'
import type { StagedTrees } from './git/staged-trees.ts'
import type { Memory } from './memory/memory.ts'

/** What is found out about a staged change before anybody asks. */
export interface StagingParts {
  readonly repository: Pick<Repository, 'gitDir' | 'commonDir'>
  readonly staged: Pick<StagedTrees, 'prepare' | 'readings'>
  readonly memory: Pick<Memory, 'companions'>
  /** Finds out how sure an alarm about a forgotten file must be. */
  readonly prepareAlarm: (signal: AbortSignal) => Promise<void>
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
  const { staged, memory, prepareAlarm, isWanted, onError, longestMs = usualLongestMs } = parts
  const { gitDir, commonDir } = parts.repository
  const place = { gitDir, commonDir, indexFile: join(gitDir, 'index') }
  const ending = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()

  async function prepare(before: Promise<void>, isAsked: boolean): Promise<void> {
    await before
    try {
      const limit = AbortSignal.any([ending.signal, AbortSignal.timeout(longestMs)])
      const files = isAsked ? await staged.prepare(place, limit) : []
      if (files.length > 0) memory.companions(files.flatMap(({ path, oldPath = path }) => [path, oldPath]))
      await prepareAlarm(ending.signal)
    } catch (error) {
      if (!ending.signal.aborted) onError(error)
    }
  }

  function notice(): void {
    clearTimeout(timer)
    if (ending.signal.aborted || !isWanted()) return
    const before = staged.readings()
    const begin = () => {
      // Git has asked meanwhile, and writes the index for itself.
      if (staged.readings() !== before) return
      // Where no hook has asked, perhaps none will; but the first who asks would wait longest.
      running = prepare(running, before > 0)
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
