import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeDurably } from '../../native-workers/durable-file.ts'
import type { WeightsPlace } from '../../native-workers/load-weights.ts'
import { hashOfWeights, packWeights, readWeights, type Weights } from '../../native-workers/trained-table.ts'
import { train } from '../../native-workers/train.ts'
import { weightsFile } from '../../native-workers/trainer-files.ts'
import { bookOf, lessonsAbout } from '../fixtures/lessons.ts'

/** Learns from a small history, and keeps what was learned in a folder of its own. */
export async function learnSomething(): Promise<{ place: WeightsPlace; weights: Weights }> {
  const settings = { dimensions: 128, seed: 1 }
  const bytes = packWeights(await train(bookOf(lessonsAbout(40)), settings, undefined, async () => {}))
  const hash = hashOfWeights(bytes)
  const folder = mkdtempSync(join(tmpdir(), 'weights-'))
  await writeDurably(weightsFile(folder, hash), [bytes])
  const weights = readWeights(bytes, hash)
  if (weights === undefined) throw new Error('What was packed can be read.')
  return { place: { folder, hash }, weights }
}
