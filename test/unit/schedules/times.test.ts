import { expect, test } from 'vitest'
import { flawOf } from '../../../daemon/schedules/expression.ts'
import { createTimes, type OffsetAt } from '../../../daemon/schedules/times.ts'

const minute = 60_000
const day = 1440 * minute

test.each([
  ['0 4 * * *', '2026-03-02T10:00Z', '2026-03-03T04:00Z'],
  ['0 4 * * *', '2026-03-02T04:00Z', '2026-03-03T04:00Z'],
  ['0 4 * * *', '2026-03-02T03:59:59.999Z', '2026-03-02T04:00Z'],
  ['*/15 * * * *', '2026-03-02T10:07:12.345Z', '2026-03-02T10:15Z'],
  ['0 4 * * 1', '2026-03-02T10:00Z', '2026-03-09T04:00Z'],
  ['0 4 * * sun', '2026-03-02T10:00Z', '2026-03-08T04:00Z'],
  ['0 0 29 2 *', '2026-03-02T10:00Z', '2028-02-29T00:00Z'],
])('%s after %s comes at %s', (expression, after, next) => {
  const times = createTimes(() => 0)
  expect(times.next(expression, Date.parse(after))).toBe(Date.parse(next))
})

test.each([
  ['61 * * * *', 'Field value (61) is out of range.'],
  ['a b c d e', 'Unknown alias: a.'],
  ['0 0 30 2 *', 'There is no such day.'],
  ['*/0 * * * *', 'Field (minute) has a step of zero.'],
  ['5-1 * * * *', 'Field (minute) has an invalid range.'],
])('%s is refused: %s', (expression, flaw) => {
  expect(flawOf(expression)).toBe(flaw)
})

/** Zones whose clocks are turned by an hour in spring and autumn of the north, of the south, and by half an hour. */
const turns = [
  ['Europe/Berlin', '2026-03-29', '2026-10-25'],
  ['America/New_York', '2026-03-08', '2026-11-01'],
  ['Australia/Sydney', '2026-10-04', '2026-04-05'],
  ['Australia/Lord_Howe', '2026-10-04', '2026-04-05'],
] as const

test.each(turns)('in %s what is due when the clock is turned is due once', (zone, forward, back) => {
  const offsetAt = offsetIn(zone)
  const around = (date: string) =>
    timesIn('30 2 * * *', offsetAt, Date.parse(date) - day, Date.parse(date) + 2 * day)
  for (const date of [forward, back]) {
    const days = around(date).map((at) => new Date(at + offsetAt(at)).toISOString().slice(0, 10))
    expect(new Set(days).size).toBe(days.length)
    expect(days).toContain(date)
  }
})

test.each(turns)('in %s a schedule of every hour comes each hour that passes', (zone, forward, back) => {
  const offsetAt = offsetIn(zone)
  for (const date of [forward, back]) {
    const [from, to] = [Date.parse(date) - day / 2, Date.parse(date) + day]
    for (const expression of ['0 * * * *', '*/7 * * * *', '59 * * * *'])
      expect(timesIn(expression, offsetAt, from, to)).toEqual(minutesWhere(expression, offsetAt, from, to))
  }
})

test('when the clock is turned forward over it, it comes right after the turn', () => {
  const times = createTimes(offsetIn('Europe/Berlin'))
  const turn = Date.parse('2026-03-29T01:00Z')

  expect(times.next('30 2 * * *', turn - day / 2)).toBe(turn)
  expect(times.next('30 2 * * *', turn)).toBe(Date.parse('2026-03-30T00:30Z'))
  expect(times.next('0 3 * * *', turn - day / 2)).toBe(turn)
})

test('when the clock is turned back, it comes in the first of the two hours', () => {
  const times = createTimes(offsetIn('Europe/Berlin'))
  const first = Date.parse('2026-10-25T00:30Z')

  expect(times.next('30 2 * * *', first - day / 2)).toBe(first)
  expect(times.next('30 2 * * *', first)).toBe(Date.parse('2026-10-26T01:30Z'))
  // Seen for the first time in the second of them.
  expect(times.next('30 2 * * *', first + 45 * minute)).toBe(Date.parse('2026-10-26T01:30Z'))
})

test('the last of many missed times is found without counting them', () => {
  const times = createTimes(offsetIn('Europe/Berlin'))
  const [after, until] = [Date.parse('2026-01-01T00:00Z'), Date.parse('2026-12-31T23:30:30Z')]

  expect(times.last('* * * * *', after, until)).toBe(Date.parse('2026-12-31T23:30Z'))
  expect(times.last('0 4 * * *', after, until)).toBe(Date.parse('2026-12-31T03:00Z'))
  expect(times.last('0 4 1 1 *', after, until)).toBe(Date.parse('2026-01-01T03:00Z'))
  expect(times.last('0 4 * * *', until, until + minute)).toBeUndefined()
})

function timesIn(expression: string, offsetAt: OffsetAt, from: number, to: number): number[] {
  const times = createTimes(offsetAt)
  const found: number[] = []
  for (let at = times.next(expression, from); at !== undefined && at <= to; at = times.next(expression, at))
    found.push(at)
  return found
}

/** Looks at the clock each minute, as cron itself does. */
function minutesWhere(expression: string, offsetAt: OffsetAt, from: number, to: number): number[] {
  const [field = ''] = expression.split(' ')
  const found: number[] = []
  for (let at = from + minute; at <= to; at += minute) {
    const shown = new Date(at + offsetAt(at)).getUTCMinutes()
    if (field.startsWith('*/') ? shown % Number(field.slice(2)) === 0 : shown === Number(field))
      found.push(at)
  }
  return found
}

/** No clock is turned but on the half hour, so one look for each will do. */
function offsetIn(timeZone: string): OffsetAt {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
  const known = new Map<number, number>()
  return (at) => {
    const half = Math.floor(at / (30 * minute))
    const offset = known.get(half) ?? offsetAt(format, at)
    known.set(half, offset)
    return offset
  }
}

function offsetAt(format: Intl.DateTimeFormat, at: number): number {
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours, minutes] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? [name, '+', '0', '0']
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * minute
}
