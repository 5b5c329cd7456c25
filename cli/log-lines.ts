import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { AiosError } from '../contract/errors.ts'
import { styled, type Style, type Terminal } from './terminal.ts'
import { safeJson } from './sanitise.ts'
import { wallClock } from './wall-clock.ts'

/** One line of the log: an object, or the text of a line that is none. */
export type LogLine = Readonly<Record<string, unknown>>

/** How much of the file's end is looked at for its last lines. */
const tailBytes = 1024 * 1024

/** Returns the last lines of the log, and with `follow` those that come after. */
export async function* logLines(
  path: string,
  count: number,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  if (!existsSync(path)) throw new AiosError('config.unreadable', `There is no log yet at ${path}.`)
  const file = openSync(path, 'r')
  try {
    let at = Math.max(0, fstatSync(file).size - tailBytes)
    let rest = ''
    let isFirst = true
    while (!signal.aborted) {
      const text = rest + readFrom(file, at)
      at += Buffer.byteLength(text) - Buffer.byteLength(rest)
      const lines = text.split('\n')
      rest = lines.pop() ?? ''
      yield* (isFirst ? lines.slice(-count) : lines).filter((line) => line !== '').map(parse)
      isFirst = false
      if (!follow) return
      await sleep(200, undefined, { signal })
    }
  } finally {
    closeSync(file)
  }
}

/** Prints a line of the log for people: when, how grave, what, and the rest. */
export function printLogLine(line: LogLine, terminal: Terminal): void {
  const { time, level, msg, pid: _pid, hostname: _hostname, ...rest } = line
  const grade = grades.find(({ least }) => Number(level) >= least) ?? { name: '     ', style: 'dim' as const }
  const fields = Object.entries(rest).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : safeJson(value)}`,
  )
  terminal.line(
    styled('dim', timeOf(time)),
    ' ',
    styled(grade.style, grade.name),
    ' ',
    typeof msg === 'string' ? msg : '',
    styled('dim', fields.length === 0 ? '' : `  ${fields.join(' ')}`),
  )
}

const grades: readonly { readonly least: number; readonly name: string; readonly style: Style }[] = [
  { least: 50, name: 'error', style: 'red' },
  { least: 40, name: 'warn ', style: 'yellow' },
  { least: 30, name: 'info ', style: 'green' },
  { least: 0, name: 'debug', style: 'dim' },
]

function timeOf(time: unknown): string {
  return wallClock(typeof time === 'number' || typeof time === 'string' ? time : Number.NaN)
}

function readFrom(file: number, at: number): string {
  const size = fstatSync(file).size
  if (size <= at) return ''
  const buffer = Buffer.alloc(size - at)
  return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, at)).toString()
}

function parse(line: string): LogLine {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // Not everything that ends up in the log is JSON: a crash of the runtime is not.
  }
  return { msg: line }
}
