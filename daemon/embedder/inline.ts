import type { Digested, Texts } from '../../native-workers/digest.ts'
import { createUntrainedTable, encode, type EncodeSettings } from '../../native-workers/learned-encode.ts'
import { termsOf } from '../../native-workers/tokenise.ts'
import type { Embedder } from './embedder.ts'

/**
 * Creates an embedder that digests where it is called, with the code that the workers run.
 *
 * For tests, and for batches too small to be worth a process. The rules for secrets are loaded with the
 * first batch.
 */
export function createInlineEmbedder({ dimensions, seed }: EncodeSettings): Embedder {
  const table = createUntrainedTable({ dimensions, seed })
  let digest: Promise<(texts: Texts) => Promise<Digested>> | undefined

  return {
    id: `learned-v1-untrained-${dimensions}-${seed}`,
    dimensions,

    expectMany() {},
    async digest(batch, signal) {
      signal.throwIfAborted()
      digest ??= import('../../native-workers/digest.ts').then(({ createDigester }) =>
        createDigester({ dimensions, seed }),
      )
      return (await digest)(batch)
    },

    async embedQuestion(text, signal) {
      signal.throwIfAborted()
      return encode(termsOf(text), table)
    },

    async close() {},
  }
}
