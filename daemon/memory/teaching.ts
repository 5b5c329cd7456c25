import type { Fact } from '../../contract/events.ts'
import type { EmbedderStatus } from '../../contract/status.ts'
import type { WeightsPlace } from '../../native-workers/load-weights.ts'
import type { Trainer } from '../../native-workers/trainer.ts'
import type { Weights } from '../../native-workers/trained-table.ts'
import type { Embedder } from '../embedder/embedder.ts'
import type { MemoryStore, PreparedVectors } from '../store/store.ts'
import type { CommitGraph } from './commit-graph.ts'
import { learn } from './learn.ts'
import { countLearnable } from './learnable.ts'

/** What one repository's embedder is taught with. */
export interface TeachingParts {
  /** Where weights and unfinished trainings are kept. */
  readonly folder: string
  readonly settings: TeachSettings
  /** Whether the vectors in force were made by weights that are lost. */
  readonly isLost: boolean
  readonly startTrainer: (onProgress: (done: number, total: number) => void, signal: AbortSignal) => Trainer
  readonly createTrained: (place: WeightsPlace, weights: Weights) => Embedder
  /** Waits for its turn: one training at a time, whatever the number of repositories. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
  readonly notes: TrainingNotes
}

/** When to teach, and what comes out. */
export interface TeachSettings {
  readonly dimensions: number
  readonly seed: number
  /** Commits with different subjects that it takes. */
  readonly trainFrom: number
}

/** Remembers of the weights in force what they were learned from. */
export interface TrainingNotes {
  /** Returns how many commits there were to learn from; 0 when that is not known. */
  learnable(embedder: string): Promise<number>
  keep(embedder: string, learnable: number): Promise<void>
}

/** What a teaching needs from the memory that it belongs to. */
export interface Taught {
  readonly id: string
  readonly store: MemoryStore
  readonly embedder: Embedder
  readonly graph: CommitGraph
  readonly publish: (fact: Fact) => void
  /** Asks for a call of `level` soon. */
  readonly notice: () => void
}

/** Keeps a repository's embedder level with its history. */
export interface Teaching {
  /** The embedder in force. It changes in `level` only. */
  readonly embedder: Embedder
  status(): EmbedderStatus
  /** To be called while nothing is written: puts in force what is ready, and begins to learn when it is time. */
  level(): Promise<void>
  close(): Promise<void>
}

/** What was learned, and waits to be put in force. */
export interface Learned {
  readonly embedder: Embedder
  readonly prepared: PreparedVectors
  readonly learnable: number
}

/** History has grown by so much when it is time to learn anew. */
const growth = 1.2
/** Waits after failures, in milliseconds. */
const pauses = [5_000, 60_000, 600_000]

/**
 * Creates the teaching of a repository.
 *
 * The embedder in force answers until every passage has its vector of the next one; a crash at any moment
 * leaves one or the other. What was cut short goes on where it was when there is nothing else to do.
 */
export function createTeaching(parts: TeachingParts, taught: Taught): Teaching {
  const { settings, notes } = parts
  const { id, store, graph, publish, notice } = taught
  const ending = new AbortController()
  let embedder = taught.embedder
  let isLost = parts.isLost
  let isTrained = !isLost && !embedder.id.includes('untrained')
  let learning: Promise<void> | undefined
  let learned: Learned | undefined
  let doing = ''
  let failure: string | undefined
  let failures = 0
  let pause: NodeJS.Timeout | undefined
  let learnableBefore: number | undefined
  let counted = { commits: -1, learnable: 0 }

  function learnable(): number {
    if (counted.commits !== graph.size) counted = { commits: graph.size, learnable: countLearnable(graph) }
    return counted.learnable
  }

  async function isDue(): Promise<boolean> {
    if (learning !== undefined || pause !== undefined || ending.signal.aborted) return false
    if (learnable() < settings.trainFrom) return false
    if (isTrained) learnableBefore ??= await notes.learnable(embedder.id)
    if (learnableBefore === undefined) return true
    return learnable() >= learnableBefore * growth
  }

  async function enforce({ embedder: next, prepared, learnable: from }: Learned): Promise<void> {
    learned = undefined
    const before = embedder.id
    await prepared.enforce()
    embedder = next
    ;[isTrained, isLost, learnableBefore] = [true, false, from]
    await notes.keep(next.id, from)
    publish({ type: 'embedder.switched', data: { repository: id, from: before, to: next.id } })
  }

  async function study(): Promise<void> {
    const from = learnable()
    const say = (what: string) => (doing = what)
    try {
      const found = await parts.inTurn(() => learn(parts, { id, store, graph, publish }, say, ending.signal))
      if (found !== undefined) learned = { ...found, learnable: from }
      else learnableBefore = from
      ;[failure, failures] = [undefined, 0]
    } catch (error) {
      if (ending.signal.aborted) return
      failure = error instanceof Error ? error.message : String(error)
      publish({ type: 'embedder.failed', data: { repository: id, reason: failure } })
      pause = setTimeout(again, pauses[Math.min(failures, pauses.length - 1)]).unref()
      failures += 1
    } finally {
      doing = ''
    }
  }

  function again(): void {
    pause = undefined
    notice()
  }

  return {
    get embedder() {
      return embedder
    },

    status: () => ({ id: embedder.id, ...describe() }),

    async level() {
      if (learned !== undefined) await enforce(learned)
      if (!(await isDue())) return
      doing = 'waits for its turn'
      learning = study().finally(() => {
        learning = undefined
        if (learned !== undefined) notice()
      })
    },

    async close() {
      ending.abort(new Error('The repository is closed.'))
      clearTimeout(pause)
      await learning
      await learned?.prepared.discard()
    },
  }

  function describe(): Omit<EmbedderStatus, 'id'> {
    const why = failure === undefined ? '' : `; learning failed: ${failure}`
    if (learned !== undefined) return { state: 'switching', note: 'new vectors are ready' }
    if (learning !== undefined) return { state: 'training', note: doing }
    if (isLost) return { state: 'lost', note: `the learned weights were damaged${why}` }
    if (isTrained) return { state: 'trained', note: `learned from this repository${why}` }
    if (learnable() < settings.trainFrom) return { state: 'untrained', note: tooShort(learnable(), settings) }
    return { state: 'untrained', note: `nothing was learned yet${why}` }
  }
}

/** Keeps an embedder as it is. */
export function keepEmbedder(embedder: Embedder, note: string): Teaching {
  return {
    embedder,
    status: () => ({ id: embedder.id, state: 'untrained', note }),
    async level() {},
    async close() {},
  }
}

function tooShort(learnable: number, { trainFrom }: TeachSettings): string {
  return `history too short to learn from: ${learnable} of ${trainFrom} commits with subjects of their own`
}
