import type { EncodeSettings } from '../../native-workers/learned-encode.ts'
import type { WeightsPlace } from '../../native-workers/load-weights.ts'
import type { Workers } from '../../native-workers/supervisor.ts'
import { createTrainedTable, type Weights } from '../../native-workers/trained-table.ts'
import type { Embedder, TextBatch } from './embedder.ts'
import { createInlineEmbedder, createTableEmbedder, type UntrainedSettings } from './inline.ts'
import { nameOfLost, nameOfTrained } from './names.ts'

/** What the learned embedder is made of. */
export interface LearnedOptions extends UntrainedSettings {
  readonly workers: Pick<Workers, 'digest'>
}

// A new commit is digested here in a few milliseconds; to start the workers for it would take two hundred.
const fewTexts = 16
const fewBytes = 32 * 1024

/**
 * Creates the embedder that needs no download, with the table that nothing was learned for yet.
 *
 * Many texts go to the workers, and few are digested at once, by the same code. The workers stay open:
 * whoever made them closes them.
 */
export function createLearnedEmbedder({ workers, dimensions, seed }: LearnedOptions): Embedder {
  const settings = { dimensions, seed }
  return sharing(createInlineEmbedder(settings), settings, workers)
}

/** Creates the embedder of weights that were learned from a history, and that the workers find at their place. */
export function createTrainedEmbedder(
  { workers, dimensions, seed }: LearnedOptions,
  place: WeightsPlace,
  weights: Weights,
): Embedder {
  const settings = { dimensions, seed, weights: place }
  const inline = createTableEmbedder(nameOfTrained(settings, place.hash), createTrainedTable(weights))
  return sharing(inline, settings, workers)
}

/**
 * Creates the embedder that stands in when learned weights were lost: all its vectors are zero.
 *
 * What the lost weights made can no longer be asked, and full text carries the ranking until others were learned.
 */
export function createLostEmbedder({ dimensions, seed }: UntrainedSettings): Embedder {
  return createTableEmbedder(nameOfLost({ dimensions, seed }), { dimensions, add() {} })
}

/** Gives many texts to the workers, who do with these settings what the embedder does here. */
function sharing(inline: Embedder, settings: EncodeSettings, workers: Pick<Workers, 'digest'>): Embedder {
  return {
    ...inline,
    expectMany() {
      // An empty batch is work enough to start them. Whether they start is found out by those that follow.
      workers.digest(nothing, settings, forever).catch(() => {})
    },
    digest(batch, signal) {
      if (isSmall(batch)) return inline.digest(batch, signal)
      return workers.digest(batch, settings, signal)
    },
  }
}

const nothing: TextBatch = { bytes: new Uint8Array(), offsets: Uint32Array.of(0), shape: 'hunk', labels: [] }
const forever = new AbortController().signal

function isSmall({ bytes, offsets }: TextBatch): boolean {
  return offsets.length - 1 <= fewTexts && bytes.byteLength <= fewBytes
}
