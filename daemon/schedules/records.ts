/** How far a schedule has come in one repository. */
export interface ScheduleRecord {
  readonly schedule: string
  readonly repository: string
  /** What it was when this was kept; under another one it is counted anew. */
  readonly expression: string
  /** Milliseconds since the epoch: what was due up to then is done with. */
  readonly since: number
  /** Milliseconds since the epoch; undefined when it never ran. */
  readonly ranAt: number | undefined
  /** Ids of the listeners that failed in the last run that came to an end. */
  readonly failed: readonly string[]
}

/** Keeps how far schedules have come. Each call is on the disk when it returns. */
export interface ScheduleRecords {
  all(): ScheduleRecord[]
  /** Keeps all of them, or none; what was kept of the same schedule and repository is replaced. */
  keep(records: readonly ScheduleRecord[]): void
  /** Forgets a schedule in all repositories. */
  forget(schedule: string): void
}
