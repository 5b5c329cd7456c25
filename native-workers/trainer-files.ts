import { join } from 'node:path'

/** Returns where the weights with this hash are kept. */
export function weightsFile(folder: string, hash: string): string {
  return join(folder, `${hash}.table`)
}

/** Returns where it is kept how far a training is. */
export function checkpointFile(folder: string): string {
  return join(folder, 'training.checkpoint')
}
