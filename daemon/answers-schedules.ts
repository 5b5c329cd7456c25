import { AiosError } from '../contract/errors.ts'
import { nearest } from '../contract/nearest.ts'
import type { PluginStatus } from '../contract/plugin-answers.ts'
import type { Answers } from '../contract/route.ts'
import type { ScheduleRun, scheduleRoutes, ScheduleStatus } from '../contract/schedule-routes.ts'
import type { Repositories } from './repositories.ts'
import type { ScheduleRecords } from './schedules/records.ts'
import type { ScheduleOutcome } from './schedules/runs.ts'
import type { Scheduler } from './schedules/scheduler.ts'
import type { Times } from './schedules/times.ts'

/** What is read of how a plugin stands. */
type PluginStanding = Pick<PluginStatus, 'id' | 'state' | 'hooks'>

/** What the routes about schedules are answered from. */
export interface ScheduleAnswerParts {
  /** The expressions in force, by name, as the files have them now. */
  readonly schedules: () => Promise<Readonly<Record<string, string>>>
  readonly repositories: Pick<Repositories, 'find' | 'list'>
  /** Who listens, by schedule. */
  readonly listeners: () => ReadonlyMap<string, readonly string[]>
  readonly scheduler: Pick<Scheduler, 'run' | 'isRunning'>
  /** The plugins that are there, whether they are asked or not. */
  readonly plugins: () => Promise<{ readonly items: readonly PluginStanding[] }>
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
      const [listed, { items: plugins }] = await Promise.all([schedules(), parts.plugins()])
      return {
        items: Object.entries(listed).map(([name, expression]) => statusOf(name, expression, plugins, parts)),
      }
    },
    async runSchedule({ schedule, repository: place }, signal) {
      const known = await schedules()
      if (!Object.hasOwn(known, schedule)) throw unknownSchedule(schedule, Object.keys(known))
      const repository = (await repositories.find(place)).registration.id
      const due = new Date(now()).toISOString()
      if (!parts.listeners().has(schedule)) return { schedule, repository, due, results: [] }
      const { results } = await scheduler.run(schedule, repository, signal)
      const asked = results.filter(({ listener }) => isAbout(listener, repository))
      return { schedule, repository, due, results: asked.map(resultOf) }
    },
  }
}

function statusOf(
  name: string,
  expression: string,
  plugins: readonly PluginStanding[],
  { repositories, listeners, scheduler, records, times, now }: ScheduleAnswerParts,
): ScheduleStatus {
  const next = times.next(expression, now())
  const heard = [...(listeners().get(name) ?? [])]
  const kept = records.all().filter(({ schedule }) => schedule === name)
  const ran = new Map(kept.map((record) => [record.repository, record]))
  return {
    name,
    expression,
    ...(next === undefined ? {} : { next: new Date(next).toISOString() }),
    listeners: heard,
    waiting: waitingFor(`schedule:${name}`, heard, plugins),
    repositories: repositories.list().map(({ registration: { id } }) => {
      const { ranAt, failed = [] } = ran.get(id) ?? {}
      return {
        repository: id,
        ...(ranAt === undefined ? {} : { ranAt: new Date(ranAt).toISOString() }),
        failed: failed.filter((listener) => isAbout(listener, id)),
        isRunning: scheduler.isRunning(name, id),
      }
    }),
  }
}

/** A plugin that rests listens all the same, and refuses. */
function waitingFor(
  hook: string,
  heard: readonly string[],
  plugins: readonly PluginStanding[],
): ScheduleStatus['waiting'] {
  const isHeard = (id: string) => heard.some((listener) => listener.split('@', 1)[0] === id)
  return plugins
    .filter(({ hooks, state }) => hooks.includes(hook) && state !== 'active')
    .filter(({ id, state }) => state === 'paused' || !isHeard(id))
    .map(({ id, state }) => ({ plugin: id, state }))
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
