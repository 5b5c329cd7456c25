import { AiosError } from '../../contract/errors.ts'
import type { Progress } from '../../contract/events.ts'
import { isEnding } from '../../contract/task.ts'
import { afterDeath, afterStop, afterTry, cancelled, type Outcome } from './after-try.ts'
import { waitUntil } from './backoff.ts'
import type { Board, TaskLimits } from './board.ts'
import { misnamed, nextOf } from './queue.ts'
import type { TaskRecord, TaskRecords } from './records.ts'

/** What work is done with. */
export interface RunnerParts {
  readonly records: TaskRecords
  /**
   * Does the work of a task and returns what came of it.
   *
   * It may be done more than once, because the daemon may die before its end was written down; doing it
   * again must do no harm.
   */
  readonly perform: (
    task: TaskRecord,
    tell: (progress: Progress) => void,
    signal: AbortSignal,
  ) => Promise<unknown>
  /** From 0 to 1. */
  readonly random: () => number
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Calls back after so many milliseconds, unless the returned function is called before. */
  readonly later: (ms: number, act: () => void) => () => void
  readonly onTrouble: (error: unknown) => void
  readonly limits: TaskLimits
}

/** Does the tasks of a board, the most urgent first, a few at a time. */
export interface Runner {
  /** Takes up what the daemon before has left, and begins. */
  start(): void
  /** Looks for what can begin now. */
  pump(): void
  cancel(task: TaskRecord): void
  close(): void
}

/** Creates a runner that does nothing yet. */
export function createRunner(board: Board, parts: RunnerParts): Runner {
  const running = new Map<string, AbortController>()
  const waits = createWaits(parts, (task) => {
    board.change(task, { state: 'queued' })
    pump()
  })
  let isOpen = false

  function pump(): void {
    if (!isOpen) return
    const next = () => nextOf(board.unended(), parts.limits.running)
    for (let task = next(); task !== undefined; task = next()) begin(task)
    for (const { task, state } of misnamed(board.unended())) board.change(task, { state })
  }

  function begin(waiting: TaskRecord): void {
    const ending = new AbortController()
    running.set(waiting.id, ending)
    const task = board.change(waiting, { state: 'running', tries: waiting.tries + 1 })
    void attempt(task, board, parts, ending.signal).then((outcome) => finish(task, outcome))
  }

  function finish(task: TaskRecord, outcome: Outcome): void {
    running.delete(task.id)
    if (!isOpen) return
    const now = board.find(task.id) ?? task
    waits.begin(board.change(now, afterTry(now, outcome, parts.random(), parts.now())))
    pump()
  }

  return {
    pump,
    start() {
      for (const task of parts.records.unended()) {
        board.take(task)
        waits.begin(task.state === 'running' ? board.change(task, afterDeath(task)) : task)
      }
      isOpen = true
      pump()
    },
    cancel(task) {
      waits.end(task.id)
      const ending = running.get(task.id)
      board.change(task, ending === undefined ? cancelled : { isUnwanted: true })
      ending?.abort(new AiosError('task.cancelled', 'The task was cancelled.'))
      pump()
    },
    close() {
      isOpen = false
      waits.endAll()
      for (const [id, ending] of running) {
        const task = board.find(id)
        if (task !== undefined && !isEnding(task.state)) board.change(task, afterStop(task))
        ending.abort(new AiosError('daemon.stopping', 'The daemon is shutting down.'))
      }
    },
  }
}

async function attempt(
  task: TaskRecord,
  board: Board,
  { perform, onTrouble }: RunnerParts,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const result = await perform(task, (progress) => board.tell(task.id, progress), signal)
    return { result: JSON.stringify(result) }
  } catch (error) {
    if (!(error instanceof AiosError) && !signal.aborted) onTrouble(error)
    return { error }
  }
}

/** Lets tasks that failed wait for their next try. */
function createWaits({ later, now }: Pick<RunnerParts, 'later' | 'now'>, again: (task: TaskRecord) => void) {
  const ends = new Map<string, () => void>()
  return {
    begin(task: TaskRecord): void {
      if (task.state !== 'retrying' || task.dueAt === undefined) return
      const come = () => {
        ends.delete(task.id)
        again(task)
      }
      ends.set(task.id, later(waitUntil(task.dueAt, now()), come))
    },
    end(id: string): void {
      ends.get(id)?.()
      ends.delete(id)
    },
    endAll(): void {
      for (const end of ends.values()) end()
      ends.clear()
    },
  }
}
