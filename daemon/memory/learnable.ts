import type { CommitGraph } from './commit-graph.ts'

/** A training takes time in proportion to what it learns from; of a longer history, the newest part teaches most. */
const mostCommits = 60_000

/** Returns how many different subjects the commits have that can be learned from. */
export function countLearnable(graph: CommitGraph): number {
  const subjects = new Set<string>()
  for (const ordinal of graph.ordinals()) if (teaches(graph, ordinal)) subjects.add(graph.subject(ordinal))
  subjects.delete('')
  return subjects.size
}

/** Returns the commits that are learned from: those that changed something and are no merges, the newest of them. */
export function learnableCommits(graph: CommitGraph): string[] {
  const found = [...graph.ordinals()].filter((ordinal) => teaches(graph, ordinal))
  const byAge = found.toSorted(
    (a, b) => graph.committerTime(b) - graph.committerTime(a) || (graph.oid(a) < graph.oid(b) ? -1 : 1),
  )
  return byAge.slice(0, mostCommits).map((ordinal) => graph.oid(ordinal))
}

function teaches(graph: CommitGraph, ordinal: number): boolean {
  return graph.parents(ordinal).length < 2 && graph.pathCount(ordinal) > 0
}
