import { chmodSync, lstatSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { AiosError } from '../../contract/errors.ts'
import { claim } from './claim.ts'
import { makeFolder } from './make-folder.ts'

/** A place for a socket that nobody else listens on, in a folder that nobody else may enter. */
export interface SocketPlace {
  /** Closes the socket to all but its owner, who may read and write. */
  protect(): void
  release(): void
}

/** Prepares the place; what a daemon that died left there is removed. */
export function takeSocketPlace(path: string): SocketPlace {
  const folder = dirname(path)
  ownFolder(folder)
  const held = claim(`${path}.lock`)
  if (held === undefined) throw new AiosError('daemon.running', `Another daemon listens on ${path}.`)
  rmSync(path, { force: true })
  return {
    protect: () => chmodSync(path, 0o600),
    release: () => held.release(),
  }
}

/** Makes sure that the folder is ours alone; in a shared folder somebody else may have been faster. */
export function ownFolder(folder: string): void {
  makeFolder(folder)
  const status = lstatSync(folder)
  const isOurs = status.isDirectory() && (process.getuid === undefined || status.uid === process.getuid())
  if (!isOurs) throw new AiosError('state.unwritable', `The folder ${folder} belongs to somebody else.`)
  if ((status.mode & 0o077) !== 0) chmodSync(folder, 0o700)
}
