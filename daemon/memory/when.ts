import { AiosError } from '../../contract/errors.ts'

const seconds = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 2_629_746,
  year: 31_556_952,
} as const

/**
 * Returns the moment a person means, in seconds since the epoch: `2024`, `2024-05`, `2024-05-01`, a full ISO
 * time, `yesterday`, or an age such as `2 weeks` or `3 months ago`. What names no zone is in UTC.
 */
export function momentOf(text: string, nowMs: number): number {
  const plain = text.trim().toLowerCase()
  if (plain === 'now' || plain === 'today') return nowMs / 1000
  if (plain === 'yesterday') return nowMs / 1000 - seconds.day
  const [, count, unit] =
    /^(\d{1,6})[\s.]*(second|minute|hour|day|week|month|year)s?(?:[\s.]+ago)?$/.exec(plain) ?? []
  if (count !== undefined && isUnit(unit)) return nowMs / 1000 - Number(count) * seconds[unit]
  const parsed = timeOf(text.trim())
  if (Number.isFinite(parsed)) return parsed / 1000
  throw new AiosError(
    'request.invalid',
    `"${text}" is not a date. Write 2024-05-01, or an age such as "2 weeks".`,
  )
}

function timeOf(text: string): number {
  if (!/^\d{4}(-\d\d){0,2}([t ]\d\d:\d\d.*)?$/i.test(text)) return Number.NaN
  return Date.parse(/\d:\d\d(:\d\d(\.\d+)?)?$/.test(text) && !/[+-]\d\d:\d\d$/.test(text) ? `${text}Z` : text)
}

function isUnit(text: string | undefined): text is keyof typeof seconds {
  return text !== undefined && Object.hasOwn(seconds, text)
}
