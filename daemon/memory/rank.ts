import type { Match } from '../store/store.ts'

/** Where a score comes from. Full text of three kinds, nearness of meaning, and two that need no question. */
export const signalNames = ['message', 'paths', 'terms', 'vector', 'recency', 'trust'] as const
export type SignalName = (typeof signalNames)[number]

/** How much each signal counts. */
export type Weights = Readonly<Record<SignalName, number>>

/** The signals that searching gives; the others are properties of the commit. */
export type SearchSignal = Exclude<SignalName, 'recency' | 'trust'>

/** A commit that some signal brought up. */
export interface Candidate {
  readonly oid: string
  /** Between 0 and 1 when the weights are. */
  readonly score: number
  /** Each signal's share of the score. */
  readonly signals: Record<SignalName, number>
  /** Its pieces that matched, best first. */
  readonly passages: readonly Match[]
}

/** What is known of a commit without a question. Both between 0 and 1. */
export interface Priors {
  recency(oid: string): number
  trust(oid: string): number
}

/**
 * Merges what the searches found into one ranking.
 *
 * Each search's scores are divided by its best, because scores of different searches do not compare; a
 * commit counts with its best piece. The priors only nudge: they scale what was found and find nothing.
 */
export function rank(
  found: Readonly<Record<SearchSignal, readonly Match[]>>,
  weights: Weights,
  priors: Priors,
): Candidate[] {
  const candidates = new Map<string, { signals: Record<SignalName, number>; passages: Match[] }>()
  for (const signal of ['message', 'paths', 'terms', 'vector'] as const) {
    const best = Math.max(0, ...found[signal].map((match) => match.score))
    if (best === 0 || weights[signal] === 0) continue
    for (const match of found[signal]) {
      const candidate = candidates.get(match.oid) ?? { signals: noSignals(), passages: [] }
      candidates.set(match.oid, candidate)
      const share = (Math.max(0, match.score) / best) * weights[signal]
      candidate.signals[signal] = Math.max(candidate.signals[signal], share)
      if (match.key !== undefined) candidate.passages.push(match)
    }
  }
  const total =
    weights.message + weights.paths + weights.terms + weights.vector + weights.recency + weights.trust
  return [...candidates]
    .map(([oid, { signals, passages }]) => {
      signals.recency = weights.recency * priors.recency(oid)
      signals.trust = weights.trust * priors.trust(oid)
      const score = signalNames.reduce((sum, name) => sum + signals[name], 0) / (total === 0 ? 1 : total)
      return { oid, score, signals, passages: distinct(passages) }
    })
    .toSorted((a, b) => b.score - a.score || (a.oid < b.oid ? -1 : 1))
}

function noSignals(): Record<SignalName, number> {
  return { message: 0, paths: 0, terms: 0, vector: 0, recency: 0, trust: 0 }
}

/** A piece that two searches found stands once, where the first of them put it. */
function distinct(passages: readonly Match[]): Match[] {
  return [...new Map(passages.toReversed().map((match) => [match.key, match])).values()].toReversed()
}
