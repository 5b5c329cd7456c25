import { type DueRun, planOf } from './plan.ts'
import type { ScheduleRecord, ScheduleRecords } from './records.ts'
import type { Times } from './times.ts'

/** What a survey is made of. */
export interface SurveyParts {
  /** The expressions in force, by name. */
  readonly schedules: () => Readonly<Record<string, string>>
  /** The ids of all registered repositories. */
  readonly repositories: () => readonly string[]
  readonly records: ScheduleRecords
  readonly times: Times
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** What a survey found. */
export interface Survey {
  readonly due: readonly { readonly schedule: string; readonly runs: readonly DueRun[] }[]
  /** When more will be due, in milliseconds since the epoch; `Infinity` when nothing ever is. */
  readonly next: number
}

/** What nobody listened to for longer was not missed; a plugin that is loaded late, or approved anew, is back by then. */
const silenceMs = 600_000

/**
 * Creates what looks at the schedules that are heard and not busy.
 *
 * It keeps what it sees for the first time, and forgets what the settings do not name any more.
 */
export function createSurvey(
  parts: SurveyParts,
): (heard: ReadonlySet<string>, busy: ReadonlyMap<string, unknown>) => Survey {
  const { records, now } = parts
  /** Since when nobody listens, by schedule. */
  const silences = new Map<string, number>()

  /** Says whether nobody listened for long, up to now. */
  function wasSilent(schedule: string, at: number): boolean {
    const since = silences.get(schedule) ?? at
    silences.delete(schedule)
    return at - since > silenceMs
  }

  return (heard, busy) => {
    const at = now()
    const schedules = Object.entries(parts.schedules())
    const kept = keptOf(schedules, records)
    for (const [schedule] of schedules)
      if (!heard.has(schedule)) silences.set(schedule, silences.get(schedule) ?? at)
    const plans = schedules
      .filter(([schedule]) => heard.has(schedule) && !busy.has(schedule))
      .map(([schedule, expression]) => {
        const isAnew = wasSilent(schedule, at)
        const known = new Map(kept.get(schedule)?.map((record) => [record.repository, record]))
        return planOf({ ...parts, schedule, expression, known, isAnew, at })
      })
    records.keep(plans.flatMap(({ fresh }) => fresh))
    return {
      due: plans.filter(({ runs }) => runs.length > 0),
      next: Math.min(...plans.map(({ next }) => next)),
    }
  }
}

function keptOf(
  schedules: readonly (readonly [string, string])[],
  records: ScheduleRecords,
): Map<string, ScheduleRecord[]> {
  const kept = Map.groupBy(records.all(), ({ schedule }) => schedule)
  const names = new Set(schedules.map(([name]) => name))
  for (const schedule of kept.keys()) if (!names.has(schedule)) records.forget(schedule)
  return kept
}
