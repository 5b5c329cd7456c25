import type { ScheduleRun, ScheduleStatus } from '../contract/schedule-routes.ts'
import { age } from './age.ts'
import { styled, type Terminal } from './terminal.ts'
import { wallClock } from './wall-clock.ts'
import { pad, wrap } from './width.ts'

/** Prints every schedule. */
export function printSchedules({ items }: { items: readonly ScheduleStatus[] }, terminal: Terminal): void {
  for (const { name, expression, next, listeners, waiting, repositories } of items) {
    const when = next === undefined ? 'never due' : `next ${wallClock(next).slice(0, 16)}`
    terminal.row(styled('bold', name), `  ${expression}  `, styled('dim', when))
    const who = listeners.length === 0 ? styled('dim', 'nobody listens') : listeners.join(', ')
    terminal.line('  ', who)
    for (const { plugin, state } of waiting) {
      const [is, mends] = waits[state]
      terminal.line(
        '  ',
        styled('yellow', `${plugin} ${is}`),
        ': ',
        styled('cyan', `aios plugin ${mends} ${plugin}`),
      )
    }
    for (const { repository, ranAt, isRunning, failed } of repositories) {
      if (!isRunning && ranAt === undefined) continue
      const trouble = failed.length === 0 ? [] : ['; ', styled('red', `failed: ${failed.join(', ')}`)]
      terminal.line('  ', pad(repository, 28), lastOf(ranAt, isRunning), ...trouble)
    }
  }
}

/** Why a plugin is not asked, and what to do about it. */
const waits = {
  active: ['listens', 'logs'],
  unapproved: ['waits to be approved', 'approve'],
  changed: ['changed and waits to be approved', 'approve'],
  disabled: ['is disabled', 'enable'],
  paused: ['failed too often and rests', 'logs'],
  broken: ['is broken', 'test'],
} as const satisfies Record<ScheduleStatus['waiting'][number]['state'], readonly [string, string]>

/** Prints what came of a run. */
export function printRun({ schedule, repository, results }: ScheduleRun, terminal: Terminal): void {
  if (results.length === 0)
    terminal.line(`Nobody listens to schedule:${schedule} in ${repository}; \`aios schedule list\` says why.`)
  for (const { listener, status, ms, message } of results) {
    const isOk = status === 'ok'
    terminal.line(
      styled('bold', listener),
      '  ',
      styled(isOk ? 'green' : 'red', status),
      styled('dim', `  ${ms} ms`),
    )
    if (message !== undefined) for (const line of wrap(message, terminal.width - 2)) terminal.line('  ', line)
    if (!isOk) terminal.line('  see ', styled('cyan', `aios plugin logs ${listener.split('@', 1)[0] ?? ''}`))
  }
}

function lastOf(ranAt: string | undefined, isRunning: boolean): string {
  return isRunning || ranAt === undefined ? 'runs now' : `ran ${age(ranAt, new Date())}`
}
