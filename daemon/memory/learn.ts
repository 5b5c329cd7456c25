import type { Fact } from '../../contract/events.ts'
import { loadWeights } from '../../native-workers/load-weights.ts'
import { encodeTerms, type Weights } from '../../native-workers/trained-table.ts'
import type { Trainer } from '../../native-workers/trainer.ts'
import { AiosError } from '../../contract/errors.ts'
import type { MemoryStore } from '../store/store.ts'
import type { CommitGraph } from './commit-graph.ts'
import { learnableCommits } from './learnable.ts'
import type { Learned, TeachingParts } from './teaching.ts'

/** What there is to learn from. */
export interface Source {
  readonly id: string
  readonly store: MemoryStore
  readonly graph: CommitGraph
  readonly publish: (fact: Fact) => void
}

/** What learning is done with. */
type Tools = Pick<TeachingParts, 'folder' | 'settings' | 'startTrainer' | 'createTrained'>

/** Texts that are taken at once: few, because questions wait meanwhile. */
const textsAtOnce = 256

/**
 * Learns from a history and makes vectors of all passages with what was learned.
 *
 * Everything comes from the store: messages, and the terms of passages. Returns nothing when the history
 * turns out to have too little text to learn from.
 */
export async function learn(
  parts: Tools,
  source: Source,
  say: (what: string) => void,
  signal: AbortSignal,
): Promise<Omit<Learned, 'learnable'> | undefined> {
  const { folder, settings } = parts
  const { id, store, publish } = source
  const began = performance.now()
  say('reads what there is to learn from')
  const trainer = parts.startTrainer((done, total) => say(`round ${done + 1} of ${total}`), signal)
  try {
    await teach(trainer, source, signal)
    const { hash, commits } = await trainer.train(settings, folder)
    if (hash === undefined) return undefined
    const place = { folder, hash }
    const weights = await loadWeights(place)
    if (weights === undefined)
      throw new AiosError('embedder.broken', 'What was learned could not be read back.')
    const embedder = parts.createTrained(place, weights)
    const ms = Math.round(performance.now() - began)
    publish({ type: 'embedder.trained', data: { repository: id, embedder: embedder.id, commits, ms } })
    // It is not needed any more, and what it learned from takes half a gigabyte.
    trainer.close()
    say('makes new vectors')
    const next = { embedder: embedder.id, dimensions: embedder.dimensions }
    const encode = (terms: readonly string[]) => encodeGently(terms, embedder.dimensions, weights)
    const prepared = await store.prepareVectors(next, encode, signal)
    return { embedder, prepared }
  } finally {
    trainer.close()
  }
}

async function teach(trainer: Trainer, { store, graph }: Source, signal: AbortSignal): Promise<void> {
  const oids = learnableCommits(graph)
  for (let at = 0; at < oids.length; at += textsAtOnce) {
    signal.throwIfAborted()
    const rows = await store.episodes(oids.slice(at, at + textsAtOnce))
    await trainer.addMessages(
      rows.map(({ oid }) => oid),
      rows.map(({ message }) => message),
    )
  }
  for await (const batch of store.scanTerms(signal)) {
    await trainer.addPassages(
      batch.map(({ oid }) => oid),
      Uint32Array.from(batch, ({ ordinal }) => ordinal),
      batch.map(({ terms }) => terms),
    )
  }
}

/** Makes vectors in this process, for what is too little to be worth another; questions go between its pieces. */
async function encodeGently(
  terms: readonly string[],
  dimensions: number,
  weights: Weights,
): Promise<Float32Array> {
  const vectors = new Float32Array(terms.length * dimensions)
  for (let at = 0; at < terms.length; at += textsAtOnce) {
    vectors.set(encodeTerms(terms.slice(at, at + textsAtOnce), weights), at * dimensions)
    await new Promise((resolve) => void setImmediate(resolve))
  }
  return vectors
}
