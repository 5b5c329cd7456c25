import type { CommitGraph } from './commit-graph.ts'

/** Which remembered commits some ref still leads to. */
export interface Reachability {
  isReachable(oid: string): boolean
  /** Says of a commit that refs led to it and to all of its ancestors when they were looked at last. */
  isSettled(oid: string): boolean
  /** Returns how many remembered commits no ref leads to. */
  countUnreachable(): number
  /** Looks again from these tips. */
  update(tips: readonly string[]): Moved
}

/** What another look at the refs showed. */
export interface Moved {
  /** The commits that were reachable before and are not now. */
  readonly gone: readonly string[]
  /** The commits that are reachable now and were not before. */
  readonly came: ReadonlySet<string>
}

/** Creates the reachability of a graph from the tips that were seen last. */
export function createReachability(graph: CommitGraph, tips: readonly string[]): Reachability {
  let marks = mark(graph, tips)
  let counted: { readonly marks: Uint8Array; readonly size: number; readonly count: number } | undefined

  // A commit that came after the last look came because a ref leads to it.
  const isMarked = (ordinal: number): boolean => ordinal >= marks.length || marks[ordinal] === 1

  return {
    isReachable(oid) {
      const ordinal = graph.ordinalOf(oid)
      return ordinal !== undefined && isMarked(ordinal)
    },
    isSettled(oid) {
      const ordinal = graph.ordinalOf(oid)
      return ordinal !== undefined && marks[ordinal] === 1
    },
    countUnreachable() {
      if (counted?.marks !== marks || counted.size !== graph.size) {
        let count = 0
        for (const ordinal of graph.ordinals()) if (!isMarked(ordinal)) count += 1
        counted = { marks, size: graph.size, count }
      }
      return counted.count
    },
    update(next) {
      const before = marks
      const reachable = [...graph.ordinals()].filter(isMarked)
      marks = mark(graph, next)
      const came = [...graph.ordinals()].filter((ordinal) => marks[ordinal] === 1 && before[ordinal] !== 1)
      return {
        gone: reachable.filter((ordinal) => !isMarked(ordinal)).map((ordinal) => graph.oid(ordinal)),
        came: new Set(came.map((ordinal) => graph.oid(ordinal))),
      }
    },
  }
}

function mark(graph: CommitGraph, tips: readonly string[]): Uint8Array {
  return graph.ancestors(tips.flatMap((tip) => graph.ordinalOf(tip) ?? []))
}
