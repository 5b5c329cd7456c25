import { DatabaseSync } from 'node:sqlite'
import { makePrivate } from '../store/private-file.ts'

/**
 * Takes a place that one process at a time may hold; undefined when another one holds it.
 *
 * The lock is the kernel's, taken through SQLite because Node has no call for it: it ends with the
 * process, however that ends, so there is no stale lock to recognise and no process id to mistake.
 */
export function claim(path: string): { release(): void } | undefined {
  makePrivate(path)
  const database = new DatabaseSync(path)
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (isBusy(error)) return undefined
    throw error
  }
  return {
    release() {
      database.close()
    },
  }
}

function isBusy(error: unknown): boolean {
  const busy = 5
  return error instanceof Error && 'errcode' in error && error.errcode === busy
}
