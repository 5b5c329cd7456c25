import type { Job } from './sandbox-job.ts'

/** Jobs that wait and jobs that run. A plugin has one running at most, and has them in order. */
export interface JobQueue {
  add(job: Job): void
  /** Starts what may run now. */
  startThose(mayRun: (job: Job) => boolean, start: (job: Job) => void): void
  done(job: Job): void
  /** Takes back a job that has not begun. */
  withdraw(job: Job): void
  running(): readonly Job[]
  find(id: number): Job | undefined
  isWaiting(): boolean
  isIdle(): boolean
  /** Empties what runs; what is returned of it waits again, before all others. */
  lost(judge: (victims: readonly Job[]) => readonly Job[]): void
  abandon(reason: Error): void
}

/** Creates a queue of which so many jobs run at once. */
export function createJobQueue(mostAtOnce: number): JobQueue {
  const running = new Map<number, Job>()
  let waiting: Job[] = []
  let isStarting = false

  const mayStart = (job: Job, passedOver: ReadonlySet<string>) => {
    const all = [...running.values()]
    if (passedOver.has(job.plugin) || all.some(({ plugin }) => plugin === job.plugin)) return false
    // Who is suspected of having taken a process down runs alone, so that next time it is known.
    if (job.isSuspect) return all.length === 0
    return all.length < mostAtOnce && !all.some(({ isSuspect }) => isSuspect)
  }

  const next = (mayRun: (job: Job) => boolean): Job | undefined => {
    const passedOver = new Set<string>()
    return waiting.find((job) => {
      if (mayStart(job, passedOver) && mayRun(job)) return true
      passedOver.add(job.plugin)
      return false
    })
  }

  return {
    add: (job) => void waiting.push(job),
    startThose(mayRun, start) {
      // What starts may end at once and ask for more: that is taken up here, not inside itself.
      if (isStarting) return
      isStarting = true
      for (let job = next(mayRun); job !== undefined; job = next(mayRun)) {
        const started = job
        waiting = waiting.filter((other) => other !== started)
        running.set(started.id, started)
        start(started)
      }
      isStarting = false
    },
    done: (job) => void running.delete(job.id),
    withdraw: (job) => void (waiting = waiting.filter((other) => other !== job)),
    running: () => [...running.values()],
    find: (id) => running.get(id),
    isWaiting: () => waiting.length > 0,
    isIdle: () => running.size === 0,
    lost(judge) {
      const victims = [...running.values()]
      running.clear()
      for (const job of victims) job.rest()
      waiting = [...judge(victims), ...waiting]
    },
    abandon(reason) {
      for (const job of [...waiting, ...running.values()]) {
        job.rest()
        job.abandon(reason)
      }
      waiting = []
      running.clear()
    },
  }
}
