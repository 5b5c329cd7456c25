import { AiosError } from '../../contract/errors.ts'
import { isEnding, type Task, type TaskState } from '../../contract/task.ts'
import { createBoard, type Board, type BoardParts } from './board.ts'
import type { TaskRecord } from './records.ts'
import { createRunner, type RunnerParts } from './runner.ts'

/** What tasks are made of. */
export interface TaskParts extends BoardParts, RunnerParts {
  readonly newId: () => string
}

/** Work that is wanted. */
export interface TaskWish extends Pick<TaskRecord, 'kind' | 'input' | 'lane' | 'priority' | 'mostTries'> {
  readonly repository: string | undefined
  /** One that is known already is not begun again; a new one when absent. */
  readonly id?: string
}

/** Long work, kept until it ends: it outlives who asked for it and the daemon that began it. */
export interface Tasks {
  /** Takes up what was left by the daemon before, and begins to work. */
  start(): void
  /** Writes a task down, and returns it. Fails with `task.queue-full` when too much waits already. */
  submit(wish: TaskWish): Task
  /** Returns a task; fails with `task.unknown`. */
  task(id: string): Task
  /** Returns tasks without what came of them, newest first, of those that came before this number. */
  list(before: number, limit: number, state?: TaskState): { readonly seq: number; readonly task: Task }[]
  /** Returns the task when it has ended; as it is when the signal is aborted before. */
  ended(id: string, signal: AbortSignal): Promise<Task>
  /** Streams a task after each of its changes, until it has ended. */
  changes(id: string, signal: AbortSignal): AsyncGenerator<Task>
  /** Ends a task: at once while it waits, when its work lets go while it runs. */
  cancel(id: string): Task
  /** Begins a task again that failed, died or was cancelled. */
  replay(id: string): Task
  isBusy(): boolean
  /** Lets go of what runs; it begins again at the next start. */
  close(): void
}

/** Creates tasks over what was written down. */
export function createTasks(parts: TaskParts): Tasks {
  const board = createBoard(parts)
  const runner = createRunner(board, parts)

  function known(id: string): TaskRecord {
    const task = board.find(id)
    if (task === undefined) throw new AiosError('task.unknown', `There is no task ${id}.`)
    return task
  }

  function checkRoom(): void {
    const { unended } = parts.limits
    if (board.unended().length < unended) return
    throw new AiosError('task.queue-full', `${unended} tasks wait already.`)
  }

  return {
    start: runner.start,
    submit(wish) {
      const same = wish.id === undefined ? undefined : board.find(wish.id)
      if (same !== undefined) return board.show(same)
      checkRoom()
      const added = board.add(newTask(wish, parts))
      runner.pump()
      return board.show(known(added.id))
    },
    task: (id) => board.show(known(id)),
    list: (before, limit, state) =>
      parts.records.before(before, limit, state).map((task) => ({ seq: task.seq, task: board.show(task) })),
    async ended(id, signal) {
      for await (const task of changesOf(board, known(id).id, signal)) if (isEnding(task.state)) return task
      return board.show(known(id))
    },
    changes: (id, signal) => changesOf(board, known(id).id, signal),
    cancel(id) {
      const task = known(id)
      if (isEnding(task.state)) throw new AiosError('task.state', `The task is ${task.state} already.`)
      runner.cancel(task)
      return board.show(known(id))
    },
    replay(id) {
      const task = known(id)
      if (!isEnding(task.state) || task.state === 'completed')
        throw new AiosError('task.state', `The task is ${task.state}.`)
      checkRoom()
      board.change(task, { state: 'queued', tries: 0, isUnwanted: false, problem: undefined })
      runner.pump()
      return board.show(known(id))
    },
    isBusy: () => board.unended().length > 0,
    close: runner.close,
  }
}

function newTask(wish: TaskWish, { now, newId }: TaskParts): Omit<TaskRecord, 'seq'> {
  const at = now()
  const fresh = { state: 'queued' as const, tries: 0, isUnwanted: false, createdAt: at, changedAt: at }
  return { id: newId(), ...wish, ...fresh, dueAt: undefined, problem: undefined, result: undefined }
}

/** Streams a task as it is now, and after each change; what changed between two looks is seen once. */
async function* changesOf(board: Board, id: string, signal: AbortSignal): AsyncGenerator<Task> {
  let wake = Promise.withResolvers<void>()
  const unfollow = board.follow(id, () => wake.resolve())
  const stop = () => wake.resolve()
  signal.addEventListener('abort', stop, { once: true })
  try {
    while (!signal.aborted) {
      wake = Promise.withResolvers<void>()
      const task = board.find(id)
      if (task === undefined) return
      yield board.show(task)
      if (isEnding(task.state)) return
      await wake.promise
    }
  } finally {
    unfollow()
    signal.removeEventListener('abort', stop)
  }
}
