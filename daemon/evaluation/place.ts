import type { CommitGraph } from '../memory/commit-graph.ts'
import type { Admits } from '../memory/filters.ts'
import type { Scores } from './keywords.ts'

/** Returns the place of the best true commit among those that are seen; of equals, newer ones come first. */
export function placeByScore(
  scores: Scores,
  truth: readonly number[],
  sees: Admits,
  graph: CommitGraph,
): number {
  const [best] = truth
    .filter((ordinal) => sees(ordinal) && (scores[ordinal] ?? 0) > 0)
    .toSorted(
      (a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || graph.committerTime(b) - graph.committerTime(a),
    )
  if (best === undefined) return 0
  const own = scores[best] ?? 0
  let place = 1
  for (let ordinal = 0; ordinal < scores.length; ordinal++) {
    const score = scores[ordinal] ?? 0
    if (score < own || ordinal === best || !sees(ordinal)) continue
    if (score > own || graph.committerTime(ordinal) > graph.committerTime(best)) place += 1
  }
  return place
}
