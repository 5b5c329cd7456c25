import type { Config } from '../../contract/config.ts'
import type { Fact } from '../../contract/events.ts'
import type { Repository } from '../git/repository.ts'
import type { Embedder } from '../embedder/embedder.ts'
import type { HookBus } from '../bus/hooks.ts'
import type { MemoryStore } from '../store/store.ts'
import { createAmend, tellRemembered } from './amend.ts'
import { createAlarmGauge } from './alarm.ts'
import { createCompanions } from './cochange.ts'
import { catchUp, type Bookmarks, type History } from './catch-up.ts'
import { createCommitGraph, type CommitGraph } from './commit-graph.ts'
import { createCompaction, type Compaction } from './compaction.ts'
import { createCompleteness, type Completeness } from './completeness.ts'
import { excluding } from './filters.ts'
import { createFollower, type Told } from './follow.ts'
import { createIdentities, type Identities } from './identities.ts'
import type { Memory } from './memory.ts'
import { readMissed } from './missed.ts'
import { createPatchReader, type CommitReader } from './patches.ts'
import { createProgressMeter, type ProgressMeter } from './progress.ts'
import { createRecallMemo, type RecallMemo } from './recall-memo.ts'
import { createReachability, type Reachability } from './reachability.ts'
import { createReconciler, type Reconciler } from './reconcile.ts'
import type { Rewrite } from './rewrite.ts'
import { createTeaching, keepEmbedder, type Teaching, type TeachingParts } from './teaching.ts'
import { createTies } from './ties.ts'

/** Links of rewritten commits, kept for good. */
export interface Aliases {
  all(): { from: string; to: string }[]
  /** Keeps all of them, or none. */
  keep(rewrites: readonly Rewrite[]): void
}

/** What a repository's memory is made of. */
export interface RememberedParts {
  readonly id: string
  readonly repository: Repository
  readonly store: MemoryStore
  /** The embedder to begin with; it may learn. */
  readonly embedder: Embedder
  readonly hooks: HookBus
  readonly teaching?: TeachingParts
  readonly history: History
  readonly reader: CommitReader
  readonly bookmarks: Bookmarks
  readonly aliases: Aliases
  readonly config: () => Config
  readonly publish: (fact: Fact) => void
  readonly publishAll: (facts: readonly Fact[]) => void
  readonly onFailure: (error: unknown) => void
  readonly onSuccess: () => void
  readonly unionPatchId: (base: string, tip: string, signal: AbortSignal) => Promise<string | undefined>
  readonly now: () => number
}

/** A repository whose memory is kept level with git, and asked. */
export interface Remembered extends Reconciler {
  readonly memory: Memory
  /** What was recalled since memory changed last. */
  readonly recalled: RecallMemo
  readonly progress: ProgressMeter
  /** Hears from git what was rewritten to what, and looks at the refs. */
  hear(rewrites: readonly Told[]): void
  readonly teaching: Teaching
  counts(): Counts
}

/** How much is remembered. */
export interface Counts {
  readonly episodes: number
  readonly complete: number
  readonly pending: number
  /** Commits whose changes a partial clone left on its server. */
  readonly absent: number
  readonly unreachable: number
}

/** Opens a repository's memory: loads what is known of each commit, and waits for the first notice. */
export async function openRemembered(parts: RememberedParts, signal: AbortSignal): Promise<Remembered> {
  const { id, store, hooks, bookmarks, aliases, config } = parts
  const graph = createCommitGraph()
  for await (const facts of store.scanFacts(signal)) for (const one of facts) graph.add(one)
  const completeness = createCompleteness(graph, await store.completeIds())
  const reachability = createReachability(graph, bookmarks.frontier().tips)
  const identities = createIdentities(aliases.all())
  const progress = createProgressMeter(parts.now)
  const compaction = scheduleCompaction(parts)
  const follow = createFollower({ ...parts, graph, identities, reachability })

  const amend = createAmend(hooks, id)
  const teaching = teachingOf(parts, graph, () => reconciler.notice())
  const memory = createMemory(parts, graph, identities, reachability, teaching)

  async function run(running: AbortSignal): Promise<void> {
    const { excludePaths } = config().ingest
    const isExcluded = excluding(excludePaths)
    const work = {
      ...parts,
      embedder: teaching.embedder,
      repository: id,
      graph,
      completeness,
      progress,
      isExcluded,
      amend,
      isSettled: reachability.isSettled,
    }
    const idle = () => progress.begin('idle', 0)
    const caught = await catchUp(work, running).finally(idle)
    const missed = await readMissed(follow, work, running).finally(idle)
    const arrived = [...caught.arrived, ...missed]
    await follow(caught.frontier.tips, running)
    await tellRemembered(arrived, id, hooks, running)
    if (arrived.length + caught.completed > 0) await compaction.wrote()
    // Nothing is on its way into the store now, so no vector of one embedder meets those of another.
    await teaching.level()
    parts.onSuccess()
  }

  const recalled = createRecallMemo()
  const reconciler = createReconciler((running) => recalled.during(() => run(running)), parts.onFailure)
  return {
    ...reconciler,
    memory,
    recalled,
    progress,
    hear(rewrites) {
      follow.hear(rewrites)
      reconciler.notice()
    },
    teaching,
    close: () => closeEach([reconciler, teaching, compaction]),
    counts: () => countAll(graph, completeness, reachability, bookmarks),
  }
}

async function closeEach(parts: readonly { close(): Promise<void> }[]): Promise<void> {
  for (const part of parts) await part.close()
}

function countAll(
  graph: CommitGraph,
  completeness: Completeness,
  reachability: Reachability,
  bookmarks: Bookmarks,
): Counts {
  return {
    episodes: graph.size,
    complete: completeness.size,
    absent: completeness.absent,
    pending: countPending(completeness, graph, bookmarks),
    unreachable: reachability.countUnreachable(),
  }
}

function teachingOf(parts: RememberedParts, graph: CommitGraph, notice: () => void): Teaching {
  if (parts.teaching === undefined) return keepEmbedder(parts.embedder, 'training is switched off')
  return createTeaching(parts.teaching, { ...parts, graph, notice })
}

function createMemory(
  parts: RememberedParts,
  graph: CommitGraph,
  identities: Identities,
  reachability: Reachability,
  teaching: Teaching,
): Memory {
  const pathCount = (oid: string): number => {
    const ordinal = graph.ordinalOf(oid)
    return ordinal === undefined ? 0 : graph.pathCount(ordinal)
  }
  return {
    ...parts,
    get config() {
      return parts.config()
    },
    get embedder() {
      return teaching.embedder
    },
    graph,
    identities,
    ties: createTies(graph),
    patches: createPatchReader(parts.reader, pathCount),
    alarm: createAlarmGauge(graph),
    companions: createCompanions(graph),
    isReachable: (oid) => reachability.isReachable(oid),
  }
}

function scheduleCompaction({ id, store, config, publish, onFailure }: RememberedParts): Compaction {
  return createCompaction({
    async compact() {
      const began = performance.now()
      await store.optimize()
      const ms = Math.round(performance.now() - began)
      publish({ type: 'store.compacted', data: { repository: id, ms } })
    },
    onFailure,
    everyWrites: () => config().store.compactAfterWrites,
    graceMs: () => config().store.graceMinutes * 60_000,
  })
}

/**
 * Commits that were tried and could not be read wait for nothing. They are few, and what waits may be a whole history,
 * which every status asks about.
 */
function countPending(completeness: Completeness, graph: CommitGraph, bookmarks: Bookmarks): number {
  const tried = new Set([...bookmarks.tried()].map(graph.ordinalOf))
  const left = completeness.readable()
  return tried.size === 0 ? left.length : left.filter((ordinal) => !tried.has(ordinal)).length
}
