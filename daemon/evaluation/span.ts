import type { EvaluationPart } from '../../contract/evaluation.ts'
import { createRandom, shuffle } from '../../native-workers/random.ts'
import type { CommitGraph } from '../memory/commit-graph.ts'

/** A history, cut into what is there to be learned and found, and what asks. */
export interface Span {
  /** Ordinals of the commits before the first question, oldest first. */
  readonly before: readonly number[]
  /** Ordinals of the commits that ask, oldest first. */
  readonly asking: readonly number[]
}

/** Of a history, or of its oldest part, the share that asks. */
const askingShare = 0.2
const tuningShare = 0.6

/** Cuts a history: the newest fifth asks; to tune, all of that happens within the oldest 60 %. */
export function spanOf(graph: CommitGraph, part: EvaluationPart): Span {
  const all = [...graph.ordinals()].toSorted(
    (a, b) => graph.committerTime(a) - graph.committerTime(b) || (graph.oid(a) < graph.oid(b) ? -1 : 1),
  )
  const some = part === 'newest' ? all : all.slice(0, Math.floor(all.length * tuningShare))
  const first = Math.floor(some.length * (1 - askingShare))
  return { before: some.slice(0, first), asking: some.slice(first) }
}

/** Returns some of the items by chance, in their order; the same for the same seed. */
export function sampleOf<T>(items: readonly T[], count: number, seed: number): T[] {
  if (items.length <= count) return [...items]
  const places = Uint32Array.from(items, (_item, place) => place)
  shuffle(places, createRandom(seed, items.length))
  return Array.from(places.slice(0, count).toSorted()).flatMap((place) => items[place] ?? [])
}
