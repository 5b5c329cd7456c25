import { AiosError, isErrorCode } from '../contract/errors.ts'
import { isEnding, type Task } from '../contract/task.ts'
import { taskRoutes } from '../contract/task-routes.ts'
import type { Client } from './client.ts'

/** Who waits for a task. */
export interface Waiting {
  readonly client: Pick<Client, 'stream'>
  /** Aborted when they are interrupted. */
  readonly signal: AbortSignal
  /** Returns a client that the interruption does not end. */
  readonly canceller: () => Client
  readonly onTask: (task: Task) => void
}

/**
 * Follows a task to its end and returns what came of it; what it failed with is thrown.
 *
 * Whoever is interrupted while they wait does not want the work any more: it is cancelled.
 */
export async function outcomeOf(begun: Task, waiting: Waiting): Promise<unknown> {
  const { client, signal, canceller, onTask } = waiting
  let last = begun
  try {
    for await (const task of client.stream(taskRoutes.followTask, { task: begun.id })) onTask((last = task))
  } catch (error) {
    if (signal.aborted) await cancel(begun.id, canceller())
    throw signal.aborted ? signal.reason : error
  }
  if (last.state === 'completed') return last.result
  if (isEnding(last.state)) throw failureOf(last)
  throw new AiosError('daemon.stopping', 'The daemon has stopped; it goes on with this when it starts again.')
}

async function cancel(task: string, client: Client): Promise<void> {
  // It may have ended meanwhile, or the daemon may be gone: either way it is not waited for any more.
  await client.call(taskRoutes.cancelTask, { task }, 2_000).catch(() => {})
  client.close()
}

function failureOf({ id, problem }: Task): AiosError {
  if (problem !== undefined && isErrorCode(problem.code)) return new AiosError(problem.code, problem.detail)
  return new AiosError('internal', `The task ${id} failed.`)
}
