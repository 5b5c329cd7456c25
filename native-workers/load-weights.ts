import { readFile } from 'node:fs/promises'
import { readWeights, type Weights } from './trained-table.ts'
import { weightsFile } from './trainer-files.ts'

/** Where learned weights are kept, and what they are named by. */
export interface WeightsPlace {
  readonly folder: string
  readonly hash: string
}

/** Returns learned weights; undefined when they are missing or damaged. */
export async function loadWeights({ folder, hash }: WeightsPlace): Promise<Weights | undefined> {
  const bytes = await readFile(weightsFile(folder, hash)).catch(() => undefined)
  return bytes === undefined ? undefined : readWeights(bytes, hash)
}
