import { createIntegers } from './columns.ts'
import type { CommitGraph } from './commit-graph.ts'

/** Which commits have had their hunks read. */
export interface Completeness {
  add(oids: readonly string[]): void
  /** Asks for the hunks of these commits again. */
  remove(oids: readonly string[]): void
  /** Returns the known commits whose hunks were not read yet. */
  missing(): readonly number[]
  /** Remembers which hunks cannot be had for now, instead of those named before. */
  keepAbsent(oids: ReadonlySet<string>): void
  /** Returns the missing ones whose hunks can be had. */
  readable(): readonly number[]
  /** How many commits' hunks cannot be had. */
  readonly absent: number
  /** How many commits are complete. */
  readonly size: number
}

/** Creates the completeness of a graph, from the commits that are complete so far. */
export function createCompleteness(graph: CommitGraph, complete: Iterable<string>): Completeness {
  const done = createIntegers()
  let size = 0
  let absent = new Set<number>()
  let found: { readonly size: number; readonly ordinals: readonly number[] } | undefined

  function mark(oids: Iterable<string>, isDone: 0 | 1): void {
    found = undefined
    for (const oid of oids) {
      const ordinal = graph.ordinalOf(oid)
      if (ordinal === undefined || done.get(ordinal) === isDone) continue
      done.set(ordinal, isDone)
      size += isDone === 1 ? 1 : -1
    }
  }

  const add = (oids: Iterable<string>): void => mark(oids, 1)

  /** Every status asks, and seldom has anything changed since the last. */
  function missing(): readonly number[] {
    if (found?.size !== graph.size) {
      const ordinals = [...graph.ordinals()].filter((ordinal) => done.get(ordinal) === 0)
      found = { size: graph.size, ordinals }
    }
    return found.ordinals
  }

  add(complete)
  return {
    add,
    remove: (oids) => mark(oids, 0),
    missing,
    keepAbsent(oids) {
      absent = new Set([...oids].flatMap((oid) => graph.ordinalOf(oid) ?? []))
    },
    readable: () => (absent.size === 0 ? missing() : missing().filter((ordinal) => !absent.has(ordinal))),
    get absent() {
      return absent.size
    },
    get size() {
      return size
    },
  }
}
