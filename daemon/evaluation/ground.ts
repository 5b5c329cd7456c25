import type { EvaluationTask } from '../../contract/evaluation.ts'
import type { Memory } from '../memory/memory.ts'
import type { GitBaselines } from './baselines/git-log.ts'
import type { Keywords } from './keywords.ts'
import type { Span } from './span.ts'
import type { ThrowAwayParts } from './throw-away.ts'

/** What tasks are measured on. */
export interface Ground {
  /** A memory of the whole history, whose embedder has learned from what is older than the questions only. */
  readonly memory: Memory
  readonly span: Span
  readonly keywords: Keywords
  readonly baselines: GitBaselines
  /** Questions of each task, at most. */
  readonly sample: number
  readonly seed: number
  /** What another memory can be made with, for those who rewrite history. */
  readonly parts: Omit<ThrowAwayParts, 'folder' | 'tips'> & {
    /** A folder that is removed when the evaluation ends. */
    readonly scratch: string
  }
  readonly say: (done: number, total: number) => void
  /** Keeps what became of one question. */
  readonly keep: (line: Readonly<Record<string, unknown>>) => Promise<void>
}

/** The ways of asking that recall is compared with. */
export const baselineNames = ['bm25', 'bm25Messages', 'grep', 'pickaxe', 'files'] as const
export type BaselineName = (typeof baselineNames)[number]

/** At which places answers stood, counted from 1; 0 is not found. */
export interface Places {
  readonly places: readonly number[]
  readonly cutShort: number
}

/** What came of a task. */
export interface Outcome {
  readonly questions: number
  /** Of the ranking; absent where the task is not about one. */
  readonly places?: readonly number[]
  readonly baselines?: Partial<Record<BaselineName, Places>>
  readonly measures?: Readonly<Record<string, number>>
  readonly note?: string
}

/** One thing that is measured. Without questions, the note says why the history holds none. */
export interface Task {
  readonly name: EvaluationTask
  measure(ground: Ground, signal: AbortSignal): Promise<Outcome>
}
