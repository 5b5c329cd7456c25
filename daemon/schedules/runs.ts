import { AiosError } from '../../contract/errors.ts'
import type { HookInput, HookOutcome } from '../../contract/hooks.ts'
import type { DueRun } from './plan.ts'
import type { ScheduleRecord, ScheduleRecords } from './records.ts'
import type { Times } from './times.ts'

/** What came of a run. */
export type ScheduleOutcome = Pick<HookOutcome, 'results'>

/** What runs are made with. */
export interface RunParts {
  /** The expressions in force, by name. */
  readonly schedules: () => Readonly<Record<string, string>>
  /** The ids of all registered repositories. */
  readonly repositories: () => readonly string[]
  readonly records: ScheduleRecords
  readonly times: Times
  /** Asks the listeners of a schedule; fails only when the signal is aborted. */
  readonly ask: (
    schedule: string,
    data: HookInput<`schedule:${string}`>,
    signal: AbortSignal,
  ) => Promise<ScheduleOutcome>
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** The runs that go on. A schedule runs once at a time in a repository. */
export interface Runs {
  /** Runs what is due, one repository after the other: all of them at once would take the machine from its user. */
  round(schedule: string, due: readonly DueRun[], signal: AbortSignal): Promise<void>
  /** Runs now; when it is due next stays as it was. Fails while a run of the same goes on. */
  run(schedule: string, repository: string, signal: AbortSignal): Promise<ScheduleOutcome>
  isRunning(schedule: string, repository: string): boolean
  /** Waits for what goes on. */
  settled(): Promise<void>
}

/** Creates the runs, of which none goes on. */
export function createRuns(parts: RunParts): Runs {
  const { records, now } = parts
  const running = new Map<string, Promise<unknown>>()

  async function ask(
    name: string,
    { repository, due, isLate }: Omit<DueRun, 'expression'>,
    signal: AbortSignal,
  ): Promise<ScheduleOutcome> {
    const key = keyOf(name, repository)
    const run = parts.ask(name, { repository, name, due: new Date(due).toISOString(), isLate }, signal)
    running.set(key, run)
    try {
      const outcome = await run
      keepFailures(records, { name, repository }, outcome)
      return outcome
    } finally {
      running.delete(key)
    }
  }

  return {
    async round(schedule, due, signal) {
      for (const one of due) {
        signal.throwIfAborted()
        const { repository, expression } = one
        if (running.has(keyOf(schedule, repository)) || !parts.repositories().includes(repository)) continue
        // Before it is asked: what brings the daemon down must not do so again at each start.
        const { failed = [] } = recordIn(records, schedule, repository) ?? {}
        records.keep([{ schedule, repository, expression, since: one.due, ranAt: now(), failed }])
        await ask(schedule, one, signal)
      }
      passOver(schedule, due, parts)
    },

    async run(schedule, repository, signal) {
      if (running.has(keyOf(schedule, repository)))
        throw new AiosError('schedule.running', `${schedule} is being run in ${repository}.`)
      const at = now()
      const known = recordIn(records, schedule, repository)
      const { expression = parts.schedules()[schedule] ?? '', since = at, failed = [] } = known ?? {}
      records.keep([{ schedule, repository, expression, since, ranAt: at, failed }])
      return ask(schedule, { repository, due: at, isLate: false }, signal)
    },

    isRunning: (schedule, repository) => running.has(keyOf(schedule, repository)),

    async settled() {
      await Promise.allSettled(running.values())
    },
  }
}

function recordIn(records: ScheduleRecords, name: string, place: string): ScheduleRecord | undefined {
  return records.all().find(({ schedule, repository }) => schedule === name && repository === place)
}

/** Nobody looks on when a schedule runs: who failed is told when somebody lists the schedules. */
function keepFailures(
  records: ScheduleRecords,
  { name, repository }: { readonly name: string; readonly repository: string },
  { results }: ScheduleOutcome,
): void {
  const record = recordIn(records, name, repository)
  const failed = results.filter(({ status }) => status !== 'ok').map(({ listener }) => listener)
  if (record !== undefined && (failed.length > 0 || record.failed.length > 0))
    records.keep([{ ...record, failed }])
}

/** What came while it ran is not made up: a schedule that takes longer than its interval would never end. */
function passOver(
  schedule: string,
  due: readonly DueRun[],
  { records, times, now }: Pick<RunParts, 'records' | 'times' | 'now'>,
): void {
  const at = now()
  const ran = new Set(due.map(({ repository }) => repository))
  const passed = records
    .all()
    .filter((record) => record.schedule === schedule && ran.has(record.repository))
    .filter(({ expression, since }) => (times.next(expression, since) ?? Infinity) <= at)
  records.keep(passed.map((record) => ({ ...record, since: at })))
}

function keyOf(schedule: string, repository: string): string {
  return `${schedule} ${repository}`
}
