import type { Fact } from '../../contract/events.ts'
import type { TaskRecord } from './records.ts'

/** Returns the fact that a task is in the state that it is in. */
export function factOf({ id, kind, repository, state, tries, problem }: TaskRecord): Fact {
  const about = { task: id, kind, ...(repository === undefined ? {} : { repository }) }
  const trouble = { ...about, tries, code: problem?.code ?? 'internal' }
  switch (state) {
    case 'pending':
    case 'queued':
      return { type: 'task.queued', data: about }
    case 'running':
      return { type: 'task.started', data: { ...about, tries } }
    case 'retrying':
      return { type: 'task.retrying', data: trouble }
    case 'completed':
      return { type: 'task.completed', data: { ...about, tries } }
    case 'failed':
      return { type: 'task.failed', data: trouble }
    case 'cancelled':
      return { type: 'task.cancelled', data: about }
    case 'dead':
      return { type: 'task.dead', data: trouble }
  }
}
