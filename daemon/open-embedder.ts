import { join } from 'node:path'
import { loadWeights, type WeightsPlace } from '../native-workers/load-weights.ts'
import { startTrainer } from '../native-workers/trainer.ts'
import type { Workers } from '../native-workers/supervisor.ts'
import type { Weights } from '../native-workers/trained-table.ts'
import { copyApart } from './copier.ts'
import type { Embedder } from './embedder/embedder.ts'
import { createLearnedEmbedder, createLostEmbedder, createTrainedEmbedder } from './embedder/learned.ts'
import { hashInName, nameOfLost } from './embedder/names.ts'
import type { TeachingParts } from './memory/teaching.ts'
import type { CopyPassages } from './store/copy-passages.ts'
import { createQueue } from './store/queue.ts'
import { readSettings, writeSettings } from './store/store-settings.ts'
import { trainingNotesIn } from './training-notes.ts'

/** The embedder that a repository's memory is opened with, and how it is taught, if it is. */
export interface OpenEmbedder {
  readonly embedder: Embedder
  readonly teaching?: TeachingParts
  /** Copies its passages with the vectors of what was learned. */
  readonly copy?: CopyPassages
  /** What was found damaged, in words. */
  readonly damage?: string
}

/** Opens a repository's embedder by what its memory was made with; the folder is that of its memory. */
export type EmbedderDoor = (folder: string) => Promise<OpenEmbedder>

/** What learned embedders are made with. */
export interface LearnedDoorOptions {
  readonly workers: Workers
  /** The program that the trainer's process runs. */
  readonly trainerEntry: URL
  /** The program that the copier's process runs. */
  readonly copierEntry: URL
  readonly settings: {
    readonly dimensions: number
    readonly seed: number
    readonly train: 'auto' | 'off'
    readonly trainFrom: number
  }
}

/** Creates the door to embedders that learn, each its own repository; one of them at a time. */
export function createLearnedDoor(parts: LearnedDoorOptions): EmbedderDoor {
  const { workers, trainerEntry, settings } = parts
  const { train, dimensions, seed, trainFrom } = settings
  const options = { workers, dimensions, seed }
  const turns = createQueue()
  const createTrained = (place: WeightsPlace, weights: Weights) =>
    createTrainedEmbedder(options, place, weights)

  return async (memory) => {
    if (train === 'off') return { embedder: createLearnedEmbedder(options) }
    const folder = join(memory, 'embedder')
    const kept = await readSettings(memory)
    const lost = createLostEmbedder(settings)
    const hash = hashInName(kept?.embedder ?? '', settings)
    const weights = hash === undefined ? undefined : await loadWeights({ folder, hash })
    const wasLost = kept?.embedder === nameOfLost(settings)
    const isLost = wasLost || (hash !== undefined && weights === undefined)
    if (isLost && kept !== undefined) await writeSettings(memory, { ...kept, embedder: lost.id })
    const teaching = {
      folder,
      isLost,
      settings: { dimensions, seed, trainFrom },
      createTrained,
      startTrainer: (onProgress: (done: number, total: number) => void, signal: AbortSignal) =>
        startTrainer({ entry: trainerEntry, onProgress }, signal),
      inTurn: turns.run,
      notes: trainingNotesIn(folder, (id) => hashInName(id, settings)),
    }
    const copy = copierOf(folder, parts)
    if (isLost) {
      const damage = wasLost ? {} : { damage: `The learned weights ${hash} are missing or damaged.` }
      return { embedder: lost, teaching, copy, ...damage }
    }
    if (hash === undefined || weights === undefined) {
      return { embedder: createLearnedEmbedder(options), teaching, copy }
    }
    return { embedder: createTrained({ folder, hash }, weights), teaching, copy }
  }
}

function copierOf(folder: string, { copierEntry, settings }: LearnedDoorOptions): CopyPassages {
  return async (order, _encode, signal) => {
    const hash = hashInName(order.embedder, settings)
    if (hash === undefined) throw new TypeError(`Nothing was learned that has the name ${order.embedder}.`)
    await copyApart(copierEntry, { kind: 'copy', order, weights: { folder, hash } }, signal)
  }
}
