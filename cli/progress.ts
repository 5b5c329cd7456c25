import type { Progress } from '../contract/events.ts'
import { duration } from './age.ts'
import { grouped } from './amount.ts'
import { styled, type Piece, type Terminal } from './terminal.ts'

const names = {
  messages: 'reading messages',
  changes: 'reading changes',
  indexing: 'indexing',
  idle: 'up to date',
} as const

/** Shows how far an ingestion is: a bar that is drawn over for people, a line for each phase for logs. */
export async function showProgress(source: AsyncIterable<Progress>, terminal: Terminal): Promise<void> {
  let phase: Progress['phase'] = 'idle'
  try {
    for await (const progress of source) {
      if (terminal.isWatched) terminal.redraw(...progressLine(progress, terminal.width))
      else if (progress.phase !== phase) terminal.line(`${names[progress.phase]} …`)
      phase = progress.phase
      if (phase === 'idle') break
    }
  } finally {
    terminal.redraw()
  }
}

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
