import { dirname } from 'node:path'
import { AiosError } from '../contract/errors.ts'
import { claim } from './http/claim.ts'
import { makeFolder } from './http/make-folder.ts'

/** Takes the lock that only one daemon of a state folder can hold, or fails with `daemon.running`. */
export function takeLock(file: string): () => void {
  makeFolder(dirname(file))
  const claimed = claim(file)
  if (claimed === undefined) {
    throw new AiosError('daemon.running', 'Another aios daemon holds this state folder.')
  }
  return claimed.release
}
