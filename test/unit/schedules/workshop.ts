import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { HookOutcome } from '../../../contract/hooks.ts'
import { isInputOf } from '../../../daemon/bus/hook-rules.ts'
import { createHookBus, type HookBus } from '../../../daemon/bus/hooks.ts'
import { createScheduler, type Scheduler } from '../../../daemon/schedules/scheduler.ts'
import { createTimes } from '../../../daemon/schedules/times.ts'
import { openJournal, type Journal } from '../../../daemon/store/journal.ts'

export const forever = new AbortController().signal
export const minute = 60_000
export const hour = 60 * minute
/** A Monday. */
export const noon = Date.parse('2026-03-02T12:00:00Z')

/** A clock that the test turns. */
export interface Clock {
  now: number
  /** Lets time pass, for the machine and for the clock on the wall. */
  pass(ms: number): Promise<void>
  /** Lets the machine sleep: its timers stand still meanwhile. */
  sleep(ms: number): void
  /** How many timers wait. */
  timers(): number
}

/** A scheduler on a real bus and a real journal. */
export interface Workshop {
  readonly clock: Clock
  readonly bus: HookBus
  readonly journal: Journal
  readonly scheduler: Scheduler
  readonly schedules: Record<string, string>
  readonly repositories: string[]
  readonly troubles: unknown[]
  readonly outcomes: HookOutcome[]
  /** What listeners were asked, as `name repository due`, with `late` where they are late. */
  readonly asked: string[]
  /** What becomes of the settings when their file is read again. */
  readonly edits: (() => void)[]
  /** Registers a listener that notes what it is asked. */
  listen(name: string, handle?: (signal: AbortSignal) => Promise<unknown>): () => void
  /** Ends this daemon without a word, and begins another on the same journal. */
  restart(): Workshop
}

/** Creates a workshop with a daily schedule at four and one of each hour, and two repositories. */
export function createWorkshop(): Workshop {
  const file = join(mkdtempSync(join(tmpdir(), 'schedules-')), 'journal.sqlite')
  const ground = { schedules: { daily: '0 4 * * *', hourly: '0 * * * *' }, repositories: ['tide', 'moon'] }
  return openWorkshop(file, createClock(), ground)
}

function openWorkshop(
  file: string,
  clock: Clock & Timers,
  ground: Pick<Workshop, 'schedules' | 'repositories'>,
): Workshop {
  const journal = openJournal(file, () => {})
  const policy = {
    onFailure: 'allow' as const,
    timeoutMs: 60_000,
    longestTimeoutMs: 60_000,
    listeners: new Map(),
  }
  const outcomes: HookOutcome[] = []
  const troubles: unknown[] = []
  const asked: string[] = []
  const edits: (() => void)[] = []
  const bus = createHookBus({
    policy: () => policy,
    now: () => clock.now,
    onRecord: (outcome) => void outcomes.push(outcome),
  })
  const scheduler = createScheduler({
    schedules: () => ground.schedules,
    repositories: () => ground.repositories,
    heard: () => new Set(bus.listeners().map(({ hook }) => hook.slice('schedule:'.length))),
    refresh() {
      for (const edit of edits.splice(0)) {
        edit()
        scheduler.notice()
      }
    },
    records: journal.schedules,
    times: createTimes(() => 0),
    ask: (name, data, signal) => bus.run(`schedule:${name}`, data, signal),
    now: () => clock.now,
    later: clock.later,
    onTrouble: (error) => void troubles.push(error),
  })
  bus.onRegistered(scheduler.notice)
  scheduler.notice()
  const end = async () => {
    await scheduler.close()
    journal.close()
  }
  onTestFinished(end)
  return {
    ...ground,
    clock,
    bus,
    journal,
    scheduler,
    troubles,
    outcomes,
    asked,
    edits,
    listen: (name, handle = async () => undefined) =>
      bus.register(`schedule:${name}`, {
        id: `listener of ${name}`,
        handle({ data }, signal) {
          asked.push(wordsOf(data))
          return handle(signal)
        },
      }),
    restart() {
      clock.stop()
      journal.close()
      return openWorkshop(file, clock, ground)
    },
  }
}

function wordsOf(data: unknown): string {
  if (!isInputOf('schedule:daily', data)) return `wrong: ${JSON.stringify(data)}`
  const { name, repository, due, isLate } = data
  return `${name} ${repository} ${due.slice(5, 16)}${isLate ? ' late' : ''}`
}

/** The timers of the scheduler. */
interface Timers {
  readonly later: (ms: number, act: () => void) => () => void
  stop(): void
}

function createClock(): Clock & Timers {
  let passed = 0
  const waits = new Set<{ readonly at: number; readonly act: () => void }>()
  const nextUntil = (end: number) =>
    [...waits].filter(({ at }) => at <= end).toSorted((one, other) => one.at - other.at)[0]

  const clock: Clock & Timers = {
    now: noon,
    async pass(ms) {
      const end = passed + ms
      await settled()
      for (let wait = nextUntil(end); wait !== undefined; wait = nextUntil(end)) {
        clock.now += wait.at - passed
        passed = wait.at
        waits.delete(wait)
        wait.act()
        await settled()
      }
      clock.now += end - passed
      passed = end
    },
    sleep(ms) {
      clock.now += ms
    },
    timers: () => waits.size,
    later(ms, act) {
      const wait = { at: passed + Math.max(0, ms), act }
      waits.add(wait)
      return () => void waits.delete(wait)
    },
    stop: () => waits.clear(),
  }
  return clock
}

/** Lets everything that waits for nothing but a turn have it. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => void setImmediate(resolve))
}
