import type { Fact } from '../../contract/events.ts'
import type { EmbedderStatus } from '../../contract/status.ts'
import type { WeightsPlace } from '../../native-workers/load-weights.ts'
import type { Trainer } from '../../native-workers/trainer.ts'
import type { Weights } from '../../native-workers/trained-table.ts'
import type { Embedder } from '../embedder/embedder.ts'
import type { MemoryStore, PreparedVectors } from '../store/store.ts'
import type { CommitGraph } from './commit-graph.ts'
import { isTrained } from '../embedder/names.ts'
import { learn } from './learn.ts'
import { countLearnable } from './learnable.ts'
import { createStudy, type Study } from './study.ts'

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
  /** Keeps it, before the embedder is in force: were it lost, all would be learned again. */
  keep(embedder: string, learnable: number): Promise<void>
  /** Removes weights of others, and trainings that were cut short. */
  tidy(embedder: string): Promise<void>
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

/**
 * Creates the teaching of a repository.
 *
 * The embedder in force answers until every passage has its vector of the next one; a crash at any moment
 * leaves one or the other. What was cut short goes on where it was when there is nothing else to do.
 */
export function createTeaching(parts: TeachingParts, taught: Taught): Teaching {
  const { settings, notes, inTurn } = parts
  const { id, publish } = taught
  const learnable = createCount(taught.graph)
  const study = studyOf(taught)
  const tidyOnce = createTidier(notes, study)
  let { embedder } = taught
  let learned: Learned | undefined
  /** How many commits there were to learn from when it was learned, or tried, last. */
  let learnedFrom: number | undefined

  async function isDue(): Promise<boolean> {
    if (!study.isFree() || learnable() < settings.trainFrom) return false
    if (isTrained(embedder)) learnedFrom ??= await notes.learnable(embedder.id)
    return learnedFrom === undefined || learnable() >= learnedFrom * growth
  }

  async function enforce({ embedder: next, prepared, learnable: from }: Learned): Promise<void> {
    const before = embedder.id
    // Should it fail, it is due again.
    learned = undefined
    learnedFrom = undefined
    await notes.keep(next.id, from)
    await prepared.enforce()
    embedder = next
    learnedFrom = from
    await notes.tidy(next.id)
    publish({ type: 'embedder.switched', data: { repository: id, from: before, to: next.id } })
  }

  return {
    get embedder() {
      return embedder
    },

    status() {
      const isLost = parts.isLost && embedder === taught.embedder
      const what = { embedder, isLost, isReady: learned !== undefined, learnable: learnable() }
      return describe(what, study, settings)
    },

    async level() {
      if (learned !== undefined) await enforce(learned)
      if (!(await isDue())) return tidyOnce(embedder)
      const from = learnable()
      study.begin(async (say, signal) => {
        const found = await inTurn(() => learn(parts, taught, say, signal))
        if (found !== undefined) learned = { ...found, learnable: from }
        learnedFrom = from
      })
    },

    async close() {
      await study.close()
      await learned?.prepared.discard()
    },
  }
}

function studyOf({ id, notice, publish }: Taught): Study {
  const onFailed = (reason: string) => publish({ type: 'embedder.failed', data: { repository: id, reason } })
  return createStudy({ notice, onFailed })
}

/** Creates what removes, the first time that it can, what a crash just after a switch left of the training. */
function createTidier(notes: TrainingNotes, study: Study): (embedder: Embedder) => Promise<void> {
  let isTidy = false
  return async (embedder) => {
    if (isTidy || !study.isFree() || !isTrained(embedder)) return
    isTidy = true
    await notes.tidy(embedder.id)
  }
}

/** What is known of an embedder that learns. */
interface Known {
  readonly embedder: Embedder
  readonly isLost: boolean
  readonly isReady: boolean
  readonly learnable: number
}

function describe(known: Known, study: Study, { trainFrom }: TeachSettings): EmbedderStatus {
  const { embedder, isLost, isReady, learnable } = known
  const failure = study.failure()
  const why = failure === undefined ? '' : `; learning failed: ${failure}`
  const status = (state: EmbedderStatus['state'], note: string) => ({ id: embedder.id, state, note })
  if (isReady) return status('switching', 'new vectors are ready')
  if (study.isRunning()) return status('training', study.doing())
  if (isLost) return status('lost', `the learned weights were damaged${why}`)
  if (isTrained(embedder)) return status('trained', `learned from this repository${why}`)
  if (learnable >= trainFrom) return status('untrained', `nothing was learned yet${why}`)
  const short = `${learnable} of ${trainFrom} commits with subjects of their own`
  return status('untrained', `history too short to learn from: ${short}`)
}

/** Counts anew only when commits have come: a status must not cost a walk over all of them. */
function createCount(graph: CommitGraph): () => number {
  let commits = -1
  let learnable = 0
  return () => {
    if (commits !== graph.size) [commits, learnable] = [graph.size, countLearnable(graph)]
    return learnable
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
