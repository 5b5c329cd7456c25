import type { TaskProblem, TaskState } from '../../contract/task.ts'

/** A task as it is kept. */
export interface TaskRecord {
  readonly id: string
  /** Rises with each task: the order in which they came. */
  readonly seq: number
  /** The route whose work it does. */
  readonly kind: string
  /** What the route was called with, as JSON. */
  readonly input: string
  /** Tasks of one lane are done one after the other. */
  readonly lane: string
  readonly repository: string | undefined
  readonly state: TaskState
  /** 0 is done first. */
  readonly priority: number
  /** How often it was begun. */
  readonly tries: number
  readonly mostTries: number
  /** Whether it is to end as soon as it can. */
  readonly isUnwanted: boolean
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number
  readonly changedAt: number
  /** Of one that waits for its next try. */
  readonly dueAt: number | undefined
  readonly problem: TaskProblem | undefined
  /** What came of it, as JSON. */
  readonly result: string | undefined
}

/** A task that was not kept yet. */
export type NewTask = Omit<TaskRecord, 'seq'>

/** Keeps tasks. Each call is on the disk when it returns. */
export interface TaskRecords {
  /** Keeps a new task, and returns it with its number. */
  add(task: NewTask): TaskRecord
  update(task: TaskRecord): void
  find(id: string): TaskRecord | undefined
  /** Returns the tasks that have not ended, oldest first. */
  unended(): TaskRecord[]
  /** Returns tasks without their results, newest first, of those that came before this number. */
  before(seq: number, limit: number, state?: TaskState): TaskRecord[]
  /** Forgets all that ended but the newest. */
  prune(keepNewest: number): void
}
