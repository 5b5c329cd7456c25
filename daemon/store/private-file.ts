import { chmodSync, closeSync, openSync } from 'node:fs'

/**
 * Makes a file for its owner alone, or takes the rights of others away from it, before SQLite opens it.
 *
 * What SQLite makes beside it gets the same rights. A file that cannot be made is left for SQLite to name.
 */
export function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600))
    chmodSync(path, 0o600)
  } catch {
    // SQLite fails in the same way, and says so in words that are understood.
  }
}
