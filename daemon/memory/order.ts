import type { CommitGraph } from './commit-graph.ts'

/** Sorts commits: negative when the first one comes first. */
export type Compare = (a: number, b: number) => number

/**
 * Returns the order of a history as a person reads it: newest first by committer time, and within one second,
 * which a rebase fills with hundreds, children before their parents.
 */
export function newestFirst(graph: CommitGraph): Compare {
  let generations: ((ordinal: number) => number) | undefined
  return (a, b) => {
    const byTime = graph.committerTime(b) - graph.committerTime(a)
    if (byTime !== 0) return byTime
    generations ??= generationsOf(graph)
    return generations(b) - generations(a) || (graph.oid(a) < graph.oid(b) ? -1 : 1)
  }
}

/** Returns how many commits lie below each at least: one more than below its highest parent. */
function generationsOf(graph: CommitGraph): (ordinal: number) => number {
  const generations = new Map<number, number>()
  for (const start of graph.ordinals()) {
    const left = [start]
    for (let at = left.at(-1); at !== undefined; at = left.at(-1)) {
      const open = graph.parents(at).filter((parent) => graph.isKnown(parent) && !generations.has(parent))
      if (generations.has(at) || open.length === 0) {
        const below = graph.parents(at).map((parent) => generations.get(parent) ?? 0)
        generations.set(at, 1 + Math.max(0, ...below))
        left.pop()
      } else left.push(...open)
    }
  }
  return (ordinal) => generations.get(ordinal) ?? 0
}
