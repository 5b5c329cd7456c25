import type { TaskRecord } from './records.ts'

/** Returns the task to begin now: the most urgent whose lane is free, of those the oldest; undefined when there is none. */
export function nextOf(tasks: readonly TaskRecord[], mostAtOnce: number): TaskRecord | undefined {
  const running = tasks.filter(({ state }) => state === 'running')
  if (running.length >= mostAtOnce) return undefined
  const busy = lanesOf(running)
  return waitingIn(tasks).find(({ lane }) => !busy.has(lane))
}

/** Returns the waiting tasks that are called wrongly now: the first of a free lane is queued, all others are pending. */
export function misnamed(tasks: readonly TaskRecord[]): { task: TaskRecord; state: 'pending' | 'queued' }[] {
  const taken = lanesOf(tasks.filter(({ state }) => state === 'running'))
  return waitingIn(tasks).flatMap((task) => {
    const state = taken.has(task.lane) ? 'pending' : 'queued'
    taken.add(task.lane)
    return task.state === state ? [] : [{ task, state }]
  })
}

function waitingIn(tasks: readonly TaskRecord[]): TaskRecord[] {
  return tasks
    .filter(({ state }) => state === 'pending' || state === 'queued')
    .toSorted((one, other) => one.priority - other.priority || one.seq - other.seq)
}

function lanesOf(tasks: readonly TaskRecord[]): Set<string> {
  return new Set(tasks.map(({ lane }) => lane))
}
