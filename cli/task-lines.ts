import type { Task } from '../contract/task.ts'
import { age } from './age.ts'
import { progressLine } from './progress.ts'
import { safeJson } from './sanitise.ts'
import { styled, type Style, type Terminal } from './terminal.ts'
import { pad, wrap } from './width.ts'

const styles: Readonly<Record<Task['state'], Style>> = {
  pending: 'dim',
  queued: 'blue',
  running: 'blue',
  retrying: 'yellow',
  completed: 'green',
  failed: 'red',
  cancelled: 'dim',
  dead: 'red',
}

/** Prints a task in one line. */
export function printTaskLine(task: Task, terminal: Terminal): void {
  const { id, kind, repository = '', state, changedAt } = task
  terminal.row(
    styled('bold', id),
    '  ',
    styled(styles[state], pad(state, 9)),
    '  ',
    pad(kind, 17),
    '  ',
    pad(repository, 20),
    styled('dim', `  ${age(changedAt, new Date())}`),
  )
}

/** Prints all that is known of a task. */
export function printTask(task: Task, terminal: Terminal): void {
  const { tries, mostTries, priority, createdAt, nextTryAt, progress, problem, result } = task
  printTaskLine(task, terminal)
  terminal.line(
    '  ',
    styled('dim', `begun ${tries} of ${mostTries} times · urgency ${priority} · asked for ${createdAt}`),
  )
  if (nextTryAt !== undefined) terminal.line('  ', `tried again at ${nextTryAt}`)
  if (progress !== undefined && progress.phase !== 'idle')
    terminal.line('  ', ...progressLine(progress, terminal.width - 2))
  if (problem !== undefined) {
    for (const line of wrap(problem.detail, terminal.width - 2)) terminal.line('  ', styled('red', line))
    for (const line of wrap(problem.hint, terminal.width - 2)) terminal.line('  ', styled('cyan', line))
  }
  if (result !== undefined)
    for (const line of wrap(safeJson(result), terminal.width - 2)) terminal.line('  ', line)
}
