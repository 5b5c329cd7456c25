import type { EncodeSettings } from '../../native-workers/learned-encode.ts'
import type { Workers } from '../../native-workers/supervisor.ts'
import type { Embedder, TextBatch } from './embedder.ts'
import { createInlineEmbedder } from './inline.ts'

/** What the learned embedder is made of. */
export interface LearnedOptions extends EncodeSettings {
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
  const inline = createInlineEmbedder({ dimensions, seed })
  return {
    ...inline,
    expectMany() {
      // An empty batch is work enough to start them. Whether they start is found out by those that follow.
      workers.digest(nothing, { dimensions, seed }, forever).catch(() => {})
    },
    digest(batch, signal) {
      if (isSmall(batch)) return inline.digest(batch, signal)
      return workers.digest(batch, { dimensions, seed }, signal)
    },
  }
}

const nothing: TextBatch = { bytes: new Uint8Array(), offsets: Uint32Array.of(0), shape: 'hunk', labels: [] }
const forever = new AbortController().signal

function isSmall({ bytes, offsets }: TextBatch): boolean {
  return offsets.length - 1 <= fewTexts && bytes.byteLength <= fewBytes
}
