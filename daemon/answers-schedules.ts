import { AiosError } from '../contract/errors.ts'
import { nearest } from '../contract/nearest.ts'
import type { Answers } from '../contract/route.ts'
import type { ScheduleRun, scheduleRoutes, ScheduleStatus } from '../contract/schedule-routes.ts'
import type { Repositories } from './repositories.ts'
import type { ScheduleRecords } from './schedules/records.ts'
import type { ScheduleOutcome } from './schedules/runs.ts'
import type { Scheduler } from './schedules/scheduler.ts'
import type { Times } from './schedules/times.ts'

/** What the routes about schedules are answered from. */
export interface ScheduleAnswerParts {
  /** The expressions in force, by name, as the files have them now. */
  readonly schedules: () => Promise<Readonly<Record<string, string>>>
  readonly repositories: Pick<Repositories, 'find' | 'list'>
  /** Who listens, by schedule. */
  readonly listeners: () => ReadonlyMap<string, readonly string[]>
  readonly scheduler: Pick<Scheduler, 'run' | 'isRunning'>
  readonly records: ScheduleRecords
  readonly times: Times
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Returns what answers the routes about schedules. */
export function answersAboutSchedules(parts: ScheduleAnswerParts): Answers<typeof scheduleRoutes> {
  const { schedules, repositories, scheduler, now } = parts
  return {
    async schedules() {
      const listed = Object.entries(await schedules())
      return { items: listed.map(([name, expression]) => statusOf(name, expression, parts)) }
    },
    async runSchedule({ schedule, repository: place }, signal) {
      const known = await schedules()
      if (!Object.hasOwn(known, schedule)) throw unknownSchedule(schedule, Object.keys(known))
      const repository = (await repositories.find(place)).registration.id
      const due = new Date(now()).toISOString()
      const { results } = await scheduler.run(schedule, repository, signal)
      const asked = results.filter(({ listener }) => isAbout(listener, repository))
      return { schedule, repository, due, results: asked.map(resultOf) }
    },
  }
}

function statusOf(
  name: string,
  expression: string,
  { repositories, listeners, scheduler, records, times, now }: ScheduleAnswerParts,
): ScheduleStatus {
  const next = times.next(expression, now())
  const kept = records.all().filter(({ schedule }) => schedule === name)
  const ran = new Map(kept.map(({ repository, ranAt }) => [repository, ranAt]))
  return {
    name,
    expression,
    ...(next === undefined ? {} : { next: new Date(next).toISOString() }),
    listeners: [...(listeners().get(name) ?? [])],
    repositories: repositories.list().map(({ registration: { id } }) => {
      const ranAt = ran.get(id)
      return {
        repository: id,
        ...(ranAt === undefined ? {} : { ranAt: new Date(ranAt).toISOString() }),
        isRunning: scheduler.isRunning(name, id),
      }
    }),
  }
}

function unknownSchedule(name: string, known: readonly string[]): AiosError {
  const meant = nearest(name, known)
  const proposal = meant === undefined ? '' : ` Did you mean ${meant}?`
  return new AiosError('schedule.unknown', `There is no schedule ${name}.${proposal}`)
}

/** A plugin that was approved for one repository is named `plugin@repository`, and has no opinion of others. */
function isAbout(listener: string, repository: string): boolean {
  const [, place = repository] = listener.split('@')
  return place === repository
}

function resultOf({
  listener,
  status,
  ms,
  message,
}: ScheduleOutcome['results'][number]): ScheduleRun['results'][number] {
  return { listener, status, ms: Math.round(ms), ...(message === undefined ? {} : { message }) }
}
