import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseSync } from 'node:sqlite'
import { AiosError } from '../contract/errors.ts'

/**
 * Waits until no other process holds the place, then holds it; the returned function lets go.
 *
 * The lock is the kernel's, taken through SQLite because Node has no call for it: it ends with the
 * process, however that ends, so there is no stale lock to recognise and no process id to mistake.
 */
export async function takeTurn(path: string, deadlineMs: number, signal: AbortSignal): Promise<() => void> {
  const deadline = performance.now() + deadlineMs
  const database = open(path)
  while (!isTaken(database, path)) {
    if (performance.now() > deadline || signal.aborted) {
      database.close()
      signal.throwIfAborted()
      throw new AiosError('daemon.busy', 'Another aios has been starting the daemon for too long.')
    }
    await sleep(20)
  }
  return () => database.close()
}

function open(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path)
  } catch (error) {
    throw unusable(path, error)
  }
}

function isTaken(database: DatabaseSync, path: string): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    const busy = 5
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) return false
    database.close()
    throw unusable(path, error)
  }
}

function unusable(path: string, cause: unknown): AiosError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const full = 13
  const isFull = cause instanceof Error && 'errcode' in cause && cause.errcode === full
  const code = isFull ? 'store.full' : 'state.unwritable'
  return new AiosError(code, `The file ${path} cannot be used: ${reason}.`, { cause })
}
