import { join } from 'node:path'
import type { Config } from '../../contract/config.ts'
import type { Fact, Progress } from '../../contract/events.ts'
import { createWorkers, type Workers } from '../../native-workers/supervisor.ts'
import { startTrainer } from '../../native-workers/trainer.ts'
import { createHookBus } from '../bus/hooks.ts'
import type { Embedder } from '../embedder/embedder.ts'
import { createLearnedEmbedder, createTrainedEmbedder } from '../embedder/learned.ts'
import { unionPatchId } from '../git/diff-once.ts'
import { openReaders } from '../git/readers.ts'
import type { Repository } from '../git/repository.ts'
import type { Frontier, History } from '../memory/catch-up.ts'
import type { CommitGraph } from '../memory/commit-graph.ts'
import { createGitHistory } from '../memory/git-history.ts'
import { learn } from '../memory/learn.ts'
import { countLearnable } from '../memory/learnable.ts'
import type { Memory } from '../memory/memory.ts'
import type { CommitReader } from '../memory/patches.ts'
import { openRemembered, type Remembered } from '../memory/remembered.ts'
import type { Rewrite } from '../memory/rewrite.ts'
import { openLanceStore } from '../store/lance-store.ts'
import type { MemoryStore } from '../store/store.ts'

const evaluatedId = 'evaluated'

/** What a memory of a repository is made with, that nobody else uses and that is thrown away. */
export interface ThrowAwayParts {
  readonly repository: Repository
  readonly config: Config
  /** Where it is kept as long as it is needed. */
  readonly folder: string
  readonly workersEntry: URL
  readonly trainerEntry: URL
  /** Returns the commits to remember, with their ancestors. */
  readonly tips: (signal: AbortSignal) => Promise<readonly string[]>
}

/** A memory that learned nothing but what it is taught here. */
export interface ThrowAway {
  readonly memory: Memory
  /** Commits that were found again after a rewrite, in the order in which they were. */
  readonly rewrites: readonly Rewrite[]
  /** Brings memory level with the tips. */
  settle(): Promise<void>
  /** Learns from these commits alone; returns from how many, 0 when they are too few. */
  teach(ordinals: readonly number[], say: (what: string) => void, signal: AbortSignal): Promise<Taught>
  close(): Promise<void>
}

/** What came of teaching. */
export interface Taught {
  readonly commits: number
  readonly seconds: number
  readonly note: string
}

/** Opens a memory of its own, so that what an evaluation hides and teaches is hidden from and taught to nobody else. */
export async function openThrowAway(
  parts: ThrowAwayParts,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<ThrowAway> {
  const { repository, config, folder } = parts
  const { dimensions, seed } = config.embedder
  const workers = createWorkers({ entry: parts.workersEntry, onRestarted: () => {} })
  const first: Embedder = createLearnedEmbedder({ workers, dimensions, seed })
  const store = await openLanceStore(join(folder, 'memory'), {
    embedder: first.id,
    dimensions,
    graceMs: 60_000,
    now: Date.now,
    onHealed: () => {},
  })
  const reader = openReaders(repository)
  const rewrites: Rewrite[] = []
  const remembered = await remember({ ...parts, store, embedder: first, reader }, rewrites, signal)
  const unsubscribe = remembered.progress.subscribe(onProgress)
  const end = () => void remembered.close()
  signal.addEventListener('abort', end, { once: true })
  let embedder = first

  return {
    // A getter would be read once where the memory is copied; what it gives changes only while nobody asks.
    get memory() {
      return { ...remembered.memory, embedder }
    },
    rewrites,
    async settle() {
      await remembered.settled()
      signal.throwIfAborted()
    },
    async teach(ordinals, say, teaching) {
      const graph = { ...remembered.memory.graph, ordinals: () => ordinals[Symbol.iterator]() }
      const began = performance.now()
      const taught = await teach({ ...parts, workers, store, graph }, say, teaching)
      if (typeof taught === 'string') return { commits: 0, seconds: 0, note: taught }
      embedder = taught.embedder
      const seconds = (performance.now() - began) / 1000
      return { commits: taught.commits, seconds, note: 'learned before the first question' }
    },
    async close() {
      signal.removeEventListener('abort', end)
      unsubscribe()
      await remembered.close()
      reader.close()
      await store.close()
      await workers.close()
    },
  }
}

interface Kept extends Pick<ThrowAwayParts, 'repository' | 'config' | 'tips'> {
  readonly store: MemoryStore
  readonly embedder: Embedder
  readonly reader: CommitReader
}

/** Nothing of it outlives this process: what a journal would keep is kept in memory. */
function remember(
  { repository, config, tips, store, embedder, reader }: Kept,
  rewrites: Rewrite[],
  signal: AbortSignal,
): Promise<Remembered> {
  return openRemembered(
    {
      id: evaluatedId,
      repository,
      store,
      embedder,
      hooks: silentBus(),
      reader,
      bookmarks: bookmarksInMemory(),
      aliases: { all: () => [], keep: (found) => void rewrites.push(...found) },
      history: historyOf(repository, tips),
      config: () => config,
      publish: () => {},
      publishAll: () => {},
      onFailure: () => {},
      onSuccess: () => {},
      unionPatchId: (base, tip, ending) => unionPatchId(repository, base, tip, ending),
      now: Date.now,
    },
    signal,
  )
}

interface Lesson extends Pick<ThrowAwayParts, 'config' | 'folder' | 'trainerEntry'> {
  readonly workers: Workers
  readonly store: MemoryStore
  /** A graph whose commits are those that may teach. */
  readonly graph: CommitGraph
}

/** Learns from what may teach and puts it in force, as a daemon would; otherwise says why not. */
async function teach(
  { config, folder, trainerEntry, workers, store, graph }: Lesson,
  say: (what: string) => void,
  signal: AbortSignal,
): Promise<{ embedder: Embedder; commits: number } | string> {
  const { dimensions, seed, trainFrom, train } = config.embedder
  const learnable = countLearnable(graph)
  if (train === 'off') return 'training is switched off'
  if (learnable < trainFrom) return `${learnable} of ${trainFrom} commits that it takes to learn`
  let commits = 0
  const found = await learn(
    {
      folder: join(folder, 'embedder'),
      settings: { dimensions, seed, trainFrom },
      createTrained: (place, weights) => createTrainedEmbedder({ workers, dimensions, seed }, place, weights),
      startTrainer: (onProgress, ending) => startTrainer({ entry: trainerEntry, onProgress }, ending),
    },
    { id: evaluatedId, store, graph, publish: (fact) => (commits = taughtIn(fact) ?? commits) },
    say,
    signal,
  )
  if (found === undefined) return 'too little text changed to learn from'
  await found.prepared.enforce()
  return { embedder: found.embedder, commits }
}

function taughtIn({ type, data }: Fact): number | undefined {
  return type === 'embedder.trained' ? data.commits : undefined
}

function historyOf(repository: Repository, tips: ThrowAwayParts['tips']): History {
  const history = createGitHistory(repository, () => [])
  return { ...history, frontier: async (signal) => ({ tips: await tips(signal), horizon: 'whole' }) }
}

function bookmarksInMemory() {
  let frontier: Frontier = { tips: [], horizon: '' }
  const tries = new Map<string, number>()
  return {
    frontier: () => frontier,
    keepFrontier: (next: Frontier) => void (frontier = next),
    triesOf: (oid: string) => tries.get(oid) ?? 0,
    tried: () => tries.keys(),
    keepSkipped: ({ oid }: { readonly oid: string }) => void tries.set(oid, (tries.get(oid) ?? 0) + 1),
    forgetSkipped(oids: Iterable<string>) {
      for (const oid of oids) tries.delete(oid)
    },
  }
}

/** Nobody listens to what is remembered here. */
function silentBus() {
  const policy = {
    onFailure: 'allow' as const,
    listeners: new Map(),
    timeoutMs: 1000,
    longestTimeoutMs: 1000,
  }
  return createHookBus({ policy: () => policy, now: Date.now, onRecord: () => {} })
}
