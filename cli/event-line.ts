import type { EventEnvelope } from '../contract/events.ts'
import { safeJson } from './sanitise.ts'
import { styled, type Terminal } from './terminal.ts'
import { wallClock } from './wall-clock.ts'
import { fit } from './width.ts'

/** Prints an event as one line: its number, when, what, and what it carries. */
export function printEvent({ seq, time, type, data }: EventEnvelope, terminal: Terminal): void {
  const head = `${String(seq).padStart(6)}  ${wallClock(time)}  `
  const carried = fields(data)
  terminal.line(
    styled('dim', head),
    styled('cyan', type),
    '  ',
    fit(carried, Math.max(10, terminal.room - head.length - type.length - 2)),
  )
}

function fields(data: unknown): string {
  if (typeof data !== 'object' || data === null) return ''
  return Object.entries(data)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : safeJson(value)}`)
    .join(' ')
}
