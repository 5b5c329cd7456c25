import type { ScheduleRecord } from './records.ts'
import type { Times } from './times.ts'

/** A run of a schedule in one repository. */
export interface DueRun {
  readonly repository: string
  /** The expression that it is due by. */
  readonly expression: string
  /** Milliseconds since the epoch; of several times that were missed, the last. */
  readonly due: number
  /** Whether it is made up for. */
  readonly isLate: boolean
}

/** What is to be done about a schedule. */
export interface Plan {
  readonly schedule: string
  /** What is counted anew, to be kept. */
  readonly fresh: readonly ScheduleRecord[]
  readonly runs: readonly DueRun[]
  /** When more will be due, in milliseconds since the epoch; `Infinity` when nothing ever is. */
  readonly next: number
}

/** What a plan is made from. */
export interface PlanGround {
  readonly schedule: string
  readonly expression: string
  /** The ids of all registered repositories. */
  readonly repositories: () => readonly string[]
  /** What is kept of the schedule, by repository. */
  readonly known: ReadonlyMap<string, ScheduleRecord>
  /** Whether nobody listened up to now, so that nothing was missed. */
  readonly isAnew: boolean
  /** The present, in milliseconds since the epoch. */
  readonly at: number
  readonly times: Times
}

/** A run that begins later than this is late. */
const lateMs = 60_000
/** A clock that was set back by less does not make what ran already run again: as the cron of most systems has it. */
const longestSetBackMs = 3 * 3_600_000

/** Returns which runs of a schedule are due: one for each repository that missed any, however many it missed. */
export function planOf(ground: PlanGround): Plan {
  const { schedule, expression, repositories, known, at, times } = ground
  const fresh: ScheduleRecord[] = []
  const runs: DueRun[] = []
  let next = Infinity
  for (const repository of repositories()) {
    const record = known.get(repository)
    const kept = sinceOf(record, ground)
    const since = kept ?? at
    const { ranAt, failed = [] } = record ?? {}
    if (kept === undefined) fresh.push({ schedule, repository, expression, since, ranAt, failed })
    const first = times.next(expression, since) ?? Infinity
    if (first > at) next = Math.min(next, first)
    else {
      const due = times.last(expression, since, at) ?? first
      runs.push({ repository, expression, due, isLate: at - first > lateMs })
    }
  }
  return { schedule, fresh, runs, next }
}

/** Returns up to when everything is done with; undefined when it is counted anew. */
function sinceOf(
  record: ScheduleRecord | undefined,
  { expression, isAnew, at }: Pick<PlanGround, 'expression' | 'isAnew' | 'at'>,
): number | undefined {
  if (record === undefined || isAnew || record.expression !== expression) return undefined
  return record.since - at > longestSetBackMs ? undefined : record.since
}
