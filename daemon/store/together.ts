import type { DatabaseSync } from 'node:sqlite'

/** Does the work as one write: all of it is on the disk when this returns, or, when it throws, none of it. */
export function together<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const done = work()
    database.exec('COMMIT')
    return done
  } catch (error) {
    // A full disk may have ended it already.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/**
 * Does the work as one write that may be lost when the machine goes down within the next minutes, and not when the
 * daemon does: nobody waits for the disk. What is written after it as usual takes it along.
 */
export function togetherSoon<T>(database: DatabaseSync, work: () => T): T {
  database.exec('PRAGMA synchronous = NORMAL')
  try {
    return together(database, work)
  } finally {
    database.exec('PRAGMA synchronous = FULL')
  }
}
