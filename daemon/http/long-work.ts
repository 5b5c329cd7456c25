import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import { AiosError, isErrorCode } from '../../contract/errors.ts'
import type { RouteName } from '../../contract/routes.ts'
import { isEnding, type Task } from '../../contract/task.ts'
import { patienceOf, urgencyOf } from './preference.ts'

/** Begins long work, and waits for it. */
export interface WorkDoor {
  /** Writes the work down and begins it; with the id of a task that is known, nothing is begun again. */
  begin(kind: RouteName, input: object, options: { id?: string; priority?: number }): Promise<Task>
  /** Returns the task when it has ended; as it is when the signal is aborted before. */
  ended(id: string, signal: AbortSignal): Promise<Task>
}

/** A request for long work. */
export interface WorkRequest {
  readonly kind: RouteName
  readonly input: object
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Of the task, when the request has a name of its own. */
  readonly id: string | undefined
}

/**
 * Returns what came of long work when it ends while the caller waits; else its task, as `202 Accepted`.
 *
 * A caller that goes away ends nothing: the work goes on, and its task tells of it.
 */
export async function answerWork(
  { kind, input, headers, id }: WorkRequest,
  work: WorkDoor,
  response: FastifyReply,
  signal: AbortSignal,
): Promise<unknown> {
  const priority = urgencyOf(textOf(headers['priority']))
  const options = { ...(id === undefined ? {} : { id }), ...(priority === undefined ? {} : { priority }) }
  const begun = await work.begin(kind, input, options)
  const patience = patienceOf(textOf(headers['prefer']))
  if (patience.applied !== undefined) void response.header('preference-applied', patience.applied)
  const task = await endedWithin(patience.seconds * 1000, begun, work, signal)
  if (task.state === 'completed') return task.result
  if (isEnding(task.state)) throw failureOf(task)
  void response.code(202).header('location', `/v1/tasks/${task.id}`).header('retry-after', '1')
  return task
}

async function endedWithin(ms: number, begun: Task, work: WorkDoor, signal: AbortSignal): Promise<Task> {
  if (isEnding(begun.state) || ms === 0) return begun
  const enough = new AbortController()
  const timer = sleep(ms, undefined, { signal: enough.signal }).catch(() => {})
  void timer.then(() => enough.abort())
  try {
    return await work.ended(begun.id, AbortSignal.any([signal, enough.signal]))
  } finally {
    enough.abort()
  }
}

/** Returns the error that a task ended with. */
function failureOf({ problem }: Task): AiosError {
  if (problem !== undefined && isErrorCode(problem.code)) return new AiosError(problem.code, problem.detail)
  return new AiosError('internal', 'The task failed.')
}

function textOf(header: string | string[] | undefined): string {
  return Array.isArray(header) ? header.join(',') : (header ?? '')
}
