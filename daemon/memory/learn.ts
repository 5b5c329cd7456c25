import type { Fact } from '../../contract/events.ts'
import { loadWeights } from '../../native-workers/load-weights.ts'
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

/** Messages that are read at once: few, because questions wait while they are sent. */
const messagesAtOnce = 256

/**
 * Learns from a history and makes vectors of all passages with what was learned.
 *
 * Everything comes from the store: messages, and the terms of passages. Returns nothing when the history
 * turns out to have too little text to learn from.
 */
export async function learn(
  parts: TeachingParts,
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
    say('makes new vectors')
    const next = { embedder: embedder.id, dimensions: embedder.dimensions }
    const prepared = await store.prepareVectors(next, (terms) => trainer.encode(terms), signal)
    return { embedder, prepared }
  } finally {
    trainer.close()
  }
}

async function teach(trainer: Trainer, { store, graph }: Source, signal: AbortSignal): Promise<void> {
  const oids = learnableCommits(graph)
  for (let at = 0; at < oids.length; at += messagesAtOnce) {
    signal.throwIfAborted()
    const rows = await store.episodes(oids.slice(at, at + messagesAtOnce))
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
