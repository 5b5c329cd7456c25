import type { Fact, Progress } from '../../contract/events.ts'
import { isEnding, type Task } from '../../contract/task.ts'
import type { Change } from './after-try.ts'
import { factOf } from './facts.ts'
import type { NewTask, TaskRecord, TaskRecords } from './records.ts'

/** What the board is made of. */
export interface BoardParts {
  readonly records: TaskRecords
  readonly publish: (fact: Fact) => void
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly onTrouble: (error: unknown) => void
  readonly limits: TaskLimits
}

/** How much there may be at once. */
export interface TaskLimits {
  readonly running: number
  /** That run, or wait. */
  readonly unended: number
  /** That ended and are still shown. */
  readonly ended: number
}

type TaskChange = Partial<Change> & { readonly isUnwanted?: boolean }

/** The tasks that have not ended, each change written down before it is told. */
export interface Board {
  add(task: NewTask): TaskRecord
  /** Takes up a task that was written down before. */
  take(task: TaskRecord): void
  /** Changes a task, and returns it as it is then. */
  change(task: TaskRecord, change: TaskChange): TaskRecord
  /** Tells how far a task is; not written down. */
  tell(id: string, progress: Progress): void
  /** Returns any task, ended or not; undefined when it is not known. */
  find(id: string): TaskRecord | undefined
  /** Returns the tasks that have not ended, oldest first. */
  unended(): TaskRecord[]
  show(task: TaskRecord): Task
  /** Calls back after each change of a task until the returned function is called. */
  follow(id: string, listener: () => void): () => void
}

/** Creates a board that is empty. */
export function createBoard({ records, publish, now, onTrouble, limits }: BoardParts): Board {
  const tasks = new Map<string, TaskRecord>()
  const progress = new Map<string, Progress>()
  const followers = new Map<string, Set<() => void>>()

  function notify(id: string): void {
    for (const listener of followers.get(id) ?? []) listener()
  }

  /** On a full disk the work goes on; after a restart the task is what was written last, and is done again. */
  function keep(task: TaskRecord): void {
    tasks.set(task.id, task)
    try {
      records.update(task)
      if (!isEnding(task.state)) return
      tasks.delete(task.id)
      records.prune(limits.ended)
    } catch (error) {
      onTrouble(error)
    }
  }

  return {
    add(task) {
      const added = records.add(task)
      tasks.set(added.id, added)
      publish(factOf(added))
      return added
    },
    take: (task) => void tasks.set(task.id, task),
    change(task, change) {
      const changed = { ...task, dueAt: undefined, ...change, changedAt: now() }
      keep(changed)
      if (changed.state !== 'running') progress.delete(task.id)
      // Which of those that wait is next, and what begins again after a restart, is no news.
      const isNews = changed.state !== task.state && (!isWaiting(changed) || isEnding(task.state))
      if (isNews) publish(factOf(changed))
      notify(task.id)
      return changed
    },
    tell(id, told) {
      progress.set(id, told)
      notify(id)
    },
    find: (id) => tasks.get(id) ?? records.find(id),
    unended: () => [...tasks.values()].filter(({ state }) => !isEnding(state)),
    show: (task) => taskOf(task, progress.get(task.id)),
    follow(id, listener) {
      const all = followers.get(id) ?? new Set()
      followers.set(id, all.add(listener))
      return () => {
        all.delete(listener)
        if (all.size === 0 && followers.get(id) === all) followers.delete(id)
      }
    },
  }
}

function isWaiting({ state }: TaskRecord): boolean {
  return state === 'pending' || state === 'queued'
}

/** Returns a task as it is shown. */
function taskOf(task: TaskRecord, progress: Progress | undefined): Task {
  const { id, kind, repository, state, priority, tries, mostTries, dueAt, problem, result } = task
  const parsed: unknown = result === undefined ? undefined : JSON.parse(result)
  return {
    id,
    kind,
    ...(repository === undefined ? {} : { repository }),
    state,
    priority,
    tries,
    mostTries,
    createdAt: isoOf(task.createdAt),
    changedAt: isoOf(task.changedAt),
    ...(dueAt === undefined ? {} : { nextTryAt: isoOf(dueAt) }),
    ...(progress === undefined ? {} : { progress }),
    ...(problem === undefined ? {} : { problem }),
    ...(parsed === undefined ? {} : { result: parsed }),
  }
}

function isoOf(time: number): string {
  return new Date(time).toISOString()
}
