import type { Config } from '../../contract/config.ts'
import type { CommitGraph } from '../memory/commit-graph.ts'
import type { Admits } from '../memory/filters.ts'
import type { Memory } from '../memory/memory.ts'
import type { Sight } from '../memory/recall.ts'
import { tiesSeenBy } from '../memory/ties.ts'

/** From where a question is asked: what was there then. */
export interface Standpoint {
  /** The commit that asks; its time is the time of the question. */
  readonly from: number
  /** What is seen are these commits and their ancestors. */
  readonly seenFrom: readonly number[]
  /** Commits that are not seen all the same. */
  readonly without?: ReadonlySet<number>
  /** Whether the answer is the newest commit there is: then being new may not count, for it would tell. */
  readonly isTimeless?: boolean
}

/** What is seen, and the commit whose files are there. */
export interface Past extends Sight {
  readonly sees: Admits
}

/** Returns what is seen from a standpoint: strictly the past, so that no answer can come from later. */
export function pastFrom({ from, seenFrom, without }: Standpoint, graph: CommitGraph): Past {
  const marks = graph.ancestors(seenFrom)
  return {
    at: graph.oid(seenFrom[0] ?? from),
    sees: (ordinal) => marks[ordinal] === 1 && without?.has(ordinal) !== true,
  }
}

/** Returns the memory as it was then: its clock stands still, and nothing was said yet that was said later. */
export function memoryThen(standpoint: Standpoint, { sees }: Past, memory: Memory): Memory {
  const { graph, config } = memory
  const now = graph.committerTime(standpoint.from) * 1000
  return {
    ...memory,
    config: standpoint.isTimeless === true ? withoutRecency(config) : config,
    ties: tiesSeenBy(memory.ties, graph, sees),
    now: () => now,
  }
}

function withoutRecency(config: Config): Config {
  const { prose, code, path, diff } = config.recall.weights
  const timeless = <W extends object>(weights: W) => ({ ...weights, recency: 0 })
  const weights = {
    prose: timeless(prose),
    code: timeless(code),
    path: timeless(path),
    diff: timeless(diff),
  }
  return { ...config, recall: { ...config.recall, weights } }
}

/** Returns the memory without what commits say of themselves: what is left is what they changed. */
export function withoutMessages(memory: Memory): Memory {
  const { store, graph } = memory
  return {
    ...memory,
    graph: {
      ...graph,
      subjects: { search: () => [] },
      kind: (ordinal) => (graph.parents(ordinal).length > 1 ? 'merge' : 'other'),
    },
    store: {
      ...store,
      searchText: async (column, words, limit) =>
        column === 'message' ? [] : store.searchText(column, words, limit),
    },
  }
}
