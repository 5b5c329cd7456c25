import type { Progress } from '../contract/events.ts'
import type { Task } from '../contract/task.ts'
import { duration } from './age.ts'
import { grouped } from './amount.ts'
import { styled, type Piece, type Terminal } from './terminal.ts'

const names = {
  messages: 'reading messages',
  changes: 'reading changes',
  indexing: 'indexing',
  idle: 'up to date',
} as const

/** Shows how far long work is. */
export interface ProgressView {
  show(task: Task): void
  /** Takes away what was drawn. */
  end(): void
}

/** Creates a view of the work of one task: a bar that is drawn over for people, a line for each phase for logs. */
export function createProgressView(terminal: Terminal): ProgressView {
  let phase: Progress['phase'] = 'idle'
  let tries = 1

  function tell(progress: Progress): void {
    if (terminal.isWatched) terminal.redraw(...progressLine(progress, terminal.width))
    else if (progress.phase !== phase) terminal.line(`${names[progress.phase]} …`)
    phase = progress.phase
  }

  return {
    show({ state, progress, problem, tries: begun }) {
      if (progress !== undefined) tell(progress)
      if (state === 'completed' && phase !== 'idle') tell(nothingLeft)
      if (state !== 'retrying' || begun < tries) return
      tries = begun + 1
      terminal.redraw()
      terminal.line(styled('yellow', 'trying again'), ` ${problem?.detail ?? ''}`)
    },
    end: () => terminal.redraw(),
  }
}

const nothingLeft: Progress = { phase: 'idle', done: 0, total: 0, ratePerSecond: 0 }

/** Returns the progress in one line: bar, count, rate, time left; in a narrow terminal the count alone. */
export function progressLine(
  { phase, done, total, ratePerSecond, secondsLeft }: Progress,
  width: number,
): Piece[] {
  const count = total === 0 ? grouped(done) : `${grouped(done)} of ${grouped(total)}`
  const rate = ratePerSecond > 0 ? ` · ${grouped(ratePerSecond)}/s` : ''
  const left = secondsLeft === undefined ? '' : ` · ${duration(secondsLeft)} left`
  const text = `${names[phase]} ${count}${rate}${left}`
  const room = Math.min(30, width - text.length - 3)
  if (room < 8) return [`${names[phase]} ${count}`.slice(0, width - 1)]
  const filled = total === 0 ? 0 : Math.min(room, Math.round((done / total) * room))
  return [styled('green', '━'.repeat(filled)), styled('dim', '─'.repeat(room - filled)), '  ', text]
}
