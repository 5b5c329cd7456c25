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
