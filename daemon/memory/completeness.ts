import type { CommitGraph } from './commit-graph.ts'

/** Which commits have had their hunks read. */
export interface Completeness {
  add(oids: readonly string[]): void
  /** Asks for the hunks of these commits again. */
  remove(oids: readonly string[]): void
  /** Returns the known commits whose hunks were not read yet. */
  missing(): number[]
  /** Remembers which hunks cannot be had for now, instead of those named before. */
  keepAbsent(oids: ReadonlySet<string>): void
  /** Returns the missing ones whose hunks can be had. */
  readable(): number[]
  /** How many commits' hunks cannot be had. */
  readonly absent: number
  /** How many commits are complete. */
  readonly size: number
}

/** Creates the completeness of a graph, from the commits that are complete so far. */
export function createCompleteness(graph: CommitGraph, complete: Iterable<string>): Completeness {
  const done = new Set<number>()
  let absent = new Set<number>()

  function add(oids: Iterable<string>): void {
    for (const oid of oids) {
      const ordinal = graph.ordinalOf(oid)
      if (ordinal !== undefined) done.add(ordinal)
    }
  }

  const missing = (): number[] => [...graph.ordinals()].filter((ordinal) => !done.has(ordinal))

  add(complete)
  return {
    add,
    remove(oids) {
      for (const oid of oids) done.delete(graph.ordinalOf(oid) ?? -1)
    },
    missing,
    keepAbsent(oids) {
      absent = new Set([...oids].flatMap((oid) => graph.ordinalOf(oid) ?? []))
    },
    readable: () => missing().filter((ordinal) => !absent.has(ordinal)),
    get absent() {
      return absent.size
    },
    get size() {
      return done.size
    },
  }
}
