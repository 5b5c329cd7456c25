import type { Logger } from 'pino'
import type { Answers } from '../contract/route.ts'
import type { scheduleRoutes } from '../contract/schedule-routes.ts'
import { answersAboutSchedules, type ScheduleAnswerParts } from './answers-schedules.ts'
import type { HookBus } from './bus/hooks.ts'
import type { HeldConfig } from './held-config.ts'
import type { IdleExit } from './idle.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Repositories } from './repositories.ts'
import { createScheduler } from './schedules/scheduler.ts'
import { createTimes } from './schedules/times.ts'
import type { Journal } from './store/journal.ts'

/** What schedules are opened with. */
export interface SchedulesGround {
  readonly logger: Logger
  readonly lifecycle: Lifecycle
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly journal: Pick<Journal, 'schedules'>
  readonly hooks: Pick<HookBus, 'run' | 'listeners' | 'onRegistered'>
  readonly config: HeldConfig
  readonly repositories: Repositories
  readonly idle: Pick<IdleExit, 'hold'>
  readonly plugins: ScheduleAnswerParts['plugins']
}

/** Opens the schedules and returns what answers the routes about them. Opened after the plugins, closed before them. */
export function openSchedules(ground: SchedulesGround): Answers<typeof scheduleRoutes> {
  const { logger, lifecycle, journal, hooks, config, repositories, idle, now } = ground
  const onTrouble = (error: unknown) => logger.warn({ err: error }, 'schedules')
  const times = createTimes()
  const listeners = () => listenersOf(hooks)
  const schedules = () => config.config.schedules
  const scheduler = createScheduler({
    schedules,
    repositories: () => repositories.list().map(({ registration }) => registration.id),
    heard: () => new Set(listeners().keys()),
    refresh: () => void config.refresh().catch(onTrouble),
    records: journal.schedules,
    times,
    async ask(name, data, signal) {
      const release = idle.hold()
      try {
        return await hooks.run(`schedule:${name}`, data, signal)
      } finally {
        release()
      }
    },
    now,
    later(ms, act) {
      const timer = setTimeout(act, ms)
      return () => clearTimeout(timer)
    },
    onTrouble,
  })
  const unsubscribe = hooks.onRegistered(scheduler.notice)
  config.onChange(scheduler.notice)
  lifecycle.onClose('schedules', () => {
    unsubscribe()
    return scheduler.close()
  })
  scheduler.notice()
  const inForce = () => config.refresh().then(schedules)
  const records = journal.schedules
  return answersAboutSchedules({ ...ground, schedules: inForce, listeners, scheduler, records, times })
}

const prefix = 'schedule:'

function listenersOf({ listeners }: Pick<HookBus, 'listeners'>): Map<string, string[]> {
  const heard = listeners().filter(({ hook }) => hook.startsWith(prefix))
  const bySchedule = Map.groupBy(heard, ({ hook }) => hook.slice(prefix.length))
  return new Map([...bySchedule].map(([name, all]) => [name, all.map(({ id }) => id)]))
}
