import type { DueRun } from './plan.ts'
import { createRuns, type RunParts, type Runs } from './runs.ts'
import { createSurvey } from './survey.ts'

/** Runs schedules when they are due. */
export interface Scheduler extends Pick<Runs, 'run' | 'isRunning'> {
  /** Looks soon at what is due: settings changed, or somebody came or went. */
  notice(): void
  /** Begins nothing more, and waits for what goes on, whose signals are aborted. */
  close(): Promise<void>
}

/** What a scheduler is made of. */
export interface SchedulerParts extends RunParts {
  /** The names that somebody listens to, whether there is such a schedule or not. */
  readonly heard: () => ReadonlySet<string>
  /** Has the settings read again; `notice` is called when they changed. */
  readonly refresh: () => void
  /** Calls back after so many milliseconds, unless what it returns is called first. */
  readonly later: (ms: number, act: () => void) => () => void
  readonly onTrouble: (error: unknown) => void
}

/** Plugins come one after the other, and those that come together are asked together. */
const settleMs = 1_000
/** A timer sleeps with its machine and does not see the clock being set, so none is trusted for longer. */
const longestWaitMs = 30_000

/** Creates a scheduler that begins with the first `notice`. No timer runs while nobody listens to any schedule. */
export function createScheduler(parts: SchedulerParts): Scheduler {
  const { heard, now, onTrouble } = parts
  const runs = createRuns(parts)
  const survey = createSurvey(parts)
  const closing = new AbortController()
  const rounds = new Map<string, Promise<void>>()
  let cancel = () => {}

  function wake(ms: number): void {
    cancel()
    if (!closing.signal.aborted) cancel = parts.later(ms, look)
  }

  function look(): void {
    try {
      const isHeard = heard().size > 0
      if (isHeard) parts.refresh()
      const { due, next } = survey(heard(), rounds)
      for (const { schedule, runs: wanted } of due) rounds.set(schedule, round(schedule, wanted))
      if (isHeard) wake(Math.min(next - now(), longestWaitMs))
    } catch (error) {
      onTrouble(error)
      wake(longestWaitMs)
    }
  }

  async function round(schedule: string, due: readonly DueRun[]): Promise<void> {
    let wait = 0
    try {
      await runs.round(schedule, due, closing.signal)
    } catch (error) {
      if (!closing.signal.aborted) onTrouble(error)
      wait = longestWaitMs
    }
    rounds.delete(schedule)
    wake(wait)
  }

  return {
    notice: () => wake(settleMs),
    run: (schedule, repository, signal) =>
      runs.run(schedule, repository, AbortSignal.any([signal, closing.signal])),
    isRunning: runs.isRunning,
    async close() {
      closing.abort()
      cancel()
      await Promise.all(rounds.values())
      await runs.settled()
    },
  }
}
