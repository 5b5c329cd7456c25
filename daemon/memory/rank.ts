import type { Match } from '../store/store.ts'

/** What searching gives: words of the subject, full text of three kinds, nearness of meaning, and who touched the files and wrote the lines of a diff. */
const searchSignals = ['subject', 'message', 'paths', 'terms', 'vector', 'files', 'blame'] as const
/** Where a score comes from: also two that need no question. */
export const signalNames = [...searchSignals, 'recency', 'trust'] as const
export type SignalName = (typeof signalNames)[number]

/** How much each signal counts. */
export type Weights = Readonly<Record<SignalName, number>>

/** The signals that searching gives; the others are properties of the commit. */
export type SearchSignal = (typeof searchSignals)[number]

/** A commit that some signal brought up. */
export interface Candidate {
  readonly oid: string
  /** Between 0 and 1 when the weights are; 1 when the subject is the question. */
  readonly score: number
  /** Each signal's share of the score. */
  readonly signals: Record<SignalName, number>
  /** How well it fits the question, whatever is known of it without one. */
  readonly worth: number
  /** Whether its subject is the question; such a one goes before all others. */
  readonly isExact: boolean
  /** Its pieces that matched, best first. */
  readonly passages: readonly Match[]
}

/** What is known of a commit without its text. All between 0 and 1. */
export interface Priors {
  recency(oid: string): number
  trust(oid: string): number
  /** Scales the whole score: how likely a commit of this kind is what is asked for. */
  kind(oid: string): number
  /** Scales what its changes say: one that changed much has something of everything, and is seldom about it. */
  breadth(oid: string): number
}

/** Signals that come from what a commit changed, and not from what it says of itself. */
const signalsOfChanges = ['paths', 'terms', 'vector'] as const

/** What the searches found, best first. */
export interface Found extends Readonly<Partial<Record<SearchSignal, readonly Match[]>>> {
  /** Commits whose subject is the question. */
  readonly exact: ReadonlySet<string>
  /** Searches that would have found more. */
  readonly cut: ReadonlySet<SearchSignal>
}

/**
 * Merges what the searches found into one ranking.
 *
 * Each search's scores are divided by its best, because scores of different searches do not compare; a
 * commit counts with its best piece. What a search that was cut did not bring up is taken for as good as the
 * worst it did: it was not looked at, which is not the same as having nothing. The priors only nudge: they
 * scale what was found and find nothing.
 */
export function rank(found: Found, weights: Weights, priors: Priors): Candidate[] {
  const candidates = new Map<string, { signals: Record<SignalName, number>; passages: Match[] }>()
  const floors = noSignals()
  for (const signal of searchSignals) {
    const matches = found[signal] ?? []
    const best = yardstickOf(signal, found)
    if (best === 0 || weights[signal] === 0) continue
    if (found.cut.has(signal)) floors[signal] = (lowestOf(matches) / best) * weights[signal]
    for (const match of matches) {
      const candidate = candidates.get(match.oid) ?? { signals: noSignals(), passages: [] }
      candidates.set(match.oid, candidate)
      const share = (Math.max(0, match.score) / best) * weights[signal]
      candidate.signals[signal] = Math.max(candidate.signals[signal], share)
      if (match.key !== undefined) candidate.passages.push(match)
    }
  }
  const whole = signalNames.reduce((sum, name) => sum + weights[name], 0)
  return [...candidates]
    .map(([oid, { signals, passages }]) => {
      for (const name of signalNames) signals[name] = Math.max(signals[name], floors[name])
      const breadth = priors.breadth(oid)
      for (const name of signalsOfChanges) signals[name] *= breadth
      const fit = signalNames.reduce((sum, name) => sum + signals[name], 0)
      signals.recency = weights.recency * priors.recency(oid)
      signals.trust = weights.trust * priors.trust(oid)
      const isExact = found.exact.has(oid)
      const scale = (isExact ? 1 : priors.kind(oid)) / (whole === 0 ? 1 : whole)
      const score = (fit + signals.recency + signals.trust) * scale
      return { oid, score, worth: fit * scale, isExact, signals, passages: distinct(passages) }
    })
    .toSorted(
      (a, b) => Number(b.isExact) - Number(a.isExact) || b.score - a.score || (a.oid < b.oid ? -1 : 1),
    )
    .map((candidate) => (candidate.isExact ? { ...candidate, score: 1 } : candidate))
}

/**
 * Returns the score that counts as whole.
 *
 * A subject's is a share already: the best of poor ones is poor. A path holds few words, so its best says little
 * where what was changed says much more; on the oldest 60 % of redis, the reciprocal rank of a diff that its subject
 * is asked for rose by 11 % with it.
 */
function yardstickOf(signal: SearchSignal, found: Found): number {
  if (signal === 'subject') return 1
  const best = highestOf(found[signal])
  return signal === 'paths' && best > 0 ? Math.max(best, highestOf(found.terms)) : best
}

function highestOf(matches: readonly Match[] = []): number {
  return Math.max(0, ...matches.map(({ score }) => score))
}

function lowestOf(matches: readonly Match[]): number {
  return Math.min(...matches.map(({ score }) => Math.max(0, score)))
}

/** Returns the shares of what nothing was found for. */
export function noSignals(): Record<SignalName, number> {
  return { subject: 0, message: 0, paths: 0, terms: 0, vector: 0, files: 0, blame: 0, recency: 0, trust: 0 }
}

/** A piece that two searches found stands once, where the first of them put it. */
function distinct(passages: readonly Match[]): Match[] {
  return [...new Map(passages.toReversed().map((match) => [match.key, match])).values()].toReversed()
}
