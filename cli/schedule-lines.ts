import type { ScheduleRun, ScheduleStatus } from '../contract/schedule-routes.ts'
import { age } from './age.ts'
import { styled, type Terminal } from './terminal.ts'
import { pad, wrap } from './width.ts'

/** Prints every schedule. */
export function printSchedules({ items }: { items: readonly ScheduleStatus[] }, terminal: Terminal): void {
  for (const { name, expression, next, listeners, repositories } of items) {
    const when = next === undefined ? 'never due' : `next ${localTime(next)}`
    terminal.row(styled('bold', name), `  ${expression}  `, styled('dim', when))
    const who = listeners.length === 0 ? styled('dim', 'nobody listens') : listeners.join(', ')
    terminal.line('  ', who)
    for (const { repository, ranAt, isRunning } of repositories)
      if (isRunning || ranAt !== undefined) terminal.line('  ', pad(repository, 28), lastOf(ranAt, isRunning))
  }
}

/** Prints what came of a run. */
export function printRun({ schedule, repository, results }: ScheduleRun, terminal: Terminal): void {
  if (results.length === 0) terminal.line(`Nobody listens to schedule:${schedule} in ${repository}.`)
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

/** The time of the clock on the wall, which schedules are written in. */
function localTime(iso: string): string {
  const date = new Date(iso)
  const two = (part: number) => String(part).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}
