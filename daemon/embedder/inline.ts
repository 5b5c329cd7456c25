import type { Digested, Texts } from '../../native-workers/digest.ts'
import { createUntrainedTable, encode, type Table } from '../../native-workers/learned-encode.ts'
import { termsOf } from '../../native-workers/tokenise.ts'
import type { Embedder } from './embedder.ts'
import { nameOfUntrained } from './names.ts'

/** What the table that nothing was learned for depends on. */
export interface UntrainedSettings {
  readonly dimensions: number
  readonly seed: number
}

/** Creates an embedder that digests where it is called, with the table that nothing was learned for. */
export function createInlineEmbedder(settings: UntrainedSettings): Embedder {
  return createTableEmbedder(nameOfUntrained(settings), createUntrainedTable(settings))
}

/**
 * Creates an embedder that digests where it is called, with the code that the workers run.
 *
 * For tests, and for batches too small to be worth a process. The rules for secrets are loaded with the
 * first batch.
 */
export function createTableEmbedder(id: string, table: Table): Embedder {
  let digest: Promise<(texts: Texts) => Promise<Digested>> | undefined

  return {
    id,
    dimensions: table.dimensions,

    expectMany() {},
    async digest(batch, signal) {
      signal.throwIfAborted()
      digest ??= import('../../native-workers/digest.ts').then(({ createDigester }) => createDigester(table))
      return (await digest)(batch)
    },

    async embedQuestion(text, signal) {
      signal.throwIfAborted()
      return encode(termsOf(text), table)
    },

    async close() {},
  }
}
