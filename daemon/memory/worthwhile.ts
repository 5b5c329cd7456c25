import type { Hit } from '../../contract/answers.ts'
import { coverageOf } from './coverage.ts'
import type { Candidate } from './rank.ts'

/** Share of the best one's worth below which an answer is only there to fill the list. */
const leastWorth = 0.3
/** Share of the best one's worth from which an answer stays, however little of the question its text shows. */
const plainWorth = 0.6
/** Share of the best coverage that the others must have. */
const leastCoverage = 0.4

/** Returns the candidates that come near the best one; those whose subject is the question always. */
export function nearBest(candidates: readonly Candidate[]): Candidate[] {
  // An exact subject is far better than any good answer; the others are measured against each other.
  const others = candidates.filter(({ isExact }) => !isExact)
  const best = Math.max(0, ...others.map(({ worth }) => worth))
  return candidates.filter(({ isExact, worth }) => isExact || worth >= best * leastWorth)
}

/** Returns the answers that speak of the question, beside the one that does most. */
export function speakingOf(
  hits: readonly Hit[],
  words: readonly string[],
  candidates: readonly Candidate[],
): Hit[] {
  const byOid = new Map(candidates.map((candidate) => [candidate.oid, candidate]))
  const best = Math.max(0, ...candidates.map(({ worth }) => worth))
  const coverage = new Map(hits.map((hit) => [hit, coverageOf(hit, words)]))
  const most = Math.max(0, ...coverage.values())
  return hits.filter((hit) => {
    const candidate = byOid.get(hit.oid)
    if (candidate === undefined || candidate.isExact || candidate.worth >= best * plainWorth) return true
    return (coverage.get(hit) ?? 0) >= most * leastCoverage
  })
}
