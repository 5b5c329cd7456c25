import type { Progress } from '../../contract/events.ts'

/** Measures how far an ingestion is, how fast it goes and how long it will take. */
export interface ProgressMeter {
  readonly current: Progress
  /** When it last left being idle, in milliseconds; undefined while it is. */
  readonly busySince: number | undefined
  begin(phase: Progress['phase'], total: number): void
  expect(total: number): void
  advance(count: number): void
  /** Calls back on each change until the returned function is called. */
  subscribe(listener: (progress: Progress) => void): () => void
}

const idle: Progress = { phase: 'idle', done: 0, total: 0, ratePerSecond: 0 }

/** Creates a meter that is idle. `now` gives milliseconds. */
export function createProgressMeter(now: () => number): ProgressMeter {
  const listeners = new Set<(progress: Progress) => void>()
  let current = idle
  let beganAt = now()
  let busySince: number | undefined

  function change(changed: Partial<Progress>): void {
    current = withRate({ ...current, ...changed }, (now() - beganAt) / 1000)
    for (const listener of listeners) listener(current)
  }

  return {
    get current() {
      return current
    },
    get busySince() {
      return busySince
    },
    begin(phase, total) {
      beganAt = now()
      busySince = phase === 'idle' ? undefined : (busySince ?? beganAt)
      change({ phase, done: 0, total })
    },
    expect: (total) => change({ total }),
    advance: (count) => change({ done: current.done + count }),
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

function withRate({ phase, done, total }: Progress, seconds: number): Progress {
  const ratePerSecond = seconds > 0 ? done / seconds : 0
  const left = total > done && ratePerSecond > 0 ? (total - done) / ratePerSecond : undefined
  return { phase, done, total, ratePerSecond, ...(left === undefined ? {} : { secondsLeft: left }) }
}
