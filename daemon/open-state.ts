import { join } from 'node:path'
import { AiosError } from '../contract/errors.ts'
import type { StateFolders } from '../contract/state.ts'
import { finishRestore } from './backup/finish.ts'
import { makeFolder } from './http/make-folder.ts'
import { takeLock } from './lock.ts'

/** Makes the state folder, finishes what a restore has left to do, and takes the folder for this process. */
export function openState(folders: StateFolders): void {
  finishRestore(folders)
  // Whatever keeps it from being made, Node calls by many names.
  try {
    makeFolder(folders.state)
  } catch (cause) {
    throw new AiosError('state.unwritable', `The state folder ${folders.state} cannot be made.`, { cause })
  }
  // Held until the process ends: what did not close in time must meet no other daemon.
  process.once('exit', takeLock(join(folders.state, 'daemon.lock')))
}
