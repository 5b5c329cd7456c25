import { AiosError } from '../../contract/errors.ts'
import type { TaskProblem } from '../../contract/task.ts'
import { backoffMs } from './backoff.ts'
import type { TaskRecord } from './records.ts'

/** How a try ended. */
export type Outcome = { readonly result: string } | { readonly error: unknown }

/** What becomes of a task. */
export type Change = Pick<TaskRecord, 'state'> &
  Partial<Pick<TaskRecord, 'problem' | 'dueAt' | 'result' | 'tries'>>

/** A daemon that dies each time is not killed by the same task for ever. */
const mostDeaths = 5

/** Returns what becomes of a task after a try. `random` is from 0 to 1, `now` in milliseconds. */
export function afterTry(task: TaskRecord, outcome: Outcome, random: number, now: number): Change {
  if ('result' in outcome) return { state: 'completed', result: outcome.result, problem: undefined }
  if (task.isUnwanted) return cancelled
  const problem = problemOf(outcome.error)
  if (!mayPass(outcome.error)) return { state: 'failed', problem }
  if (task.tries >= task.mostTries) return { state: 'dead', problem }
  return { state: 'retrying', problem, dueAt: now + backoffMs(task.tries, random) }
}

/** Returns what becomes of a task that was running when the daemon died. */
export function afterDeath(task: TaskRecord): Change {
  if (task.isUnwanted) return cancelled
  if (task.tries < Math.max(task.mostTries, mostDeaths)) return { state: 'queued' }
  const detail = `The daemon ended while it did this, ${task.tries} times.`
  return { state: 'dead', problem: problemOf(new AiosError('task.deadly', detail)) }
}

/** Returns what becomes of a task that runs when the daemon is stopped: the try does not count. */
export function afterStop(task: TaskRecord): Change {
  return task.isUnwanted ? cancelled : { state: 'queued', tries: task.tries - 1 }
}

/** What becomes of a task that nobody wants any more. */
export const cancelled: Change = {
  state: 'cancelled',
  problem: problemOf(new AiosError('task.cancelled', 'It was cancelled.')),
}

/** Says whether another try may succeed: what was refused stays refused, unless it says to try again. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof AiosError)) return true
  const tryAgain = 75
  return error.kind.status >= 500 || error.kind.exit === tryAgain
}

/** A bug keeps its secrets: the log has them. */
function problemOf(error: unknown): TaskProblem {
  const expected =
    error instanceof AiosError ? error : new AiosError('internal', 'Something went wrong inside the daemon.')
  return { code: expected.code, detail: expected.message, hint: expected.kind.hint }
}
