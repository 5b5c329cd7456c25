import type { DatabaseSync } from 'node:sqlite'
import type { ScheduleRecord, ScheduleRecords } from '../schedules/records.ts'
import { numberIn, textIn, type SqlRow } from './journal-rows.ts'
import { together } from './together.ts'

/** The last time that a `Date` can be. */
const latestMs = 8.64e15

/** Returns the part of the journal that keeps how far schedules have come. */
export function schedulesIn(database: DatabaseSync): ScheduleRecords {
  // A time that no clock shows is damage: such a schedule is counted anew, and holds back no other.
  const all = database.prepare(`
    SELECT repository, schedule, expression, since,
      iif(ran_at BETWEEN 0 AND ${latestMs}, ran_at, NULL) AS ran_at, iif(json_valid(failed), failed, '[]') AS failed
    FROM schedule_runs WHERE since BETWEEN 0 AND ${latestMs} ORDER BY schedule, repository`)
  const upsert = database.prepare(`
    INSERT INTO schedule_runs (repository, schedule, expression, since, ran_at, failed) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (repository, schedule) DO UPDATE SET
      expression = excluded.expression, since = excluded.since, ran_at = excluded.ran_at,
      failed = excluded.failed`)
  const forget = database.prepare('DELETE FROM schedule_runs WHERE schedule = ?')

  return {
    all: () => all.all().map(recordOf),
    keep(records) {
      if (records.length === 0) return
      together(database, () => {
        for (const { repository, schedule, expression, since, ranAt, failed } of records)
          upsert.run(repository, schedule, expression, since, ranAt ?? null, JSON.stringify(failed))
      })
    },
    forget: (schedule) => void forget.run(schedule),
  }
}

function recordOf(row: SqlRow): ScheduleRecord {
  return {
    schedule: textIn(row, 'schedule'),
    repository: textIn(row, 'repository'),
    expression: textIn(row, 'expression'),
    since: numberIn(row, 'since'),
    ranAt: typeof row['ran_at'] === 'number' ? row['ran_at'] : undefined,
    failed: idsIn(textIn(row, 'failed')),
  }
}

function idsIn(text: string): string[] {
  const value: unknown = JSON.parse(text)
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
