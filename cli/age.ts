const units = [
  ['year', 365.25 * 86_400],
  ['month', 30.44 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** Returns how long ago the moment was, in words; `no date` when there is none. */
export function age(time: string, now: Date): string {
  const then = Date.parse(time)
  if (Number.isNaN(then)) return 'no date'
  const seconds = (now.getTime() - then) / 1000
  if (seconds < -60) return `on ${time.slice(0, 10)}`
  const unit = units.find(([, length]) => seconds >= length)
  if (unit === undefined) return 'just now'
  const amount = Math.floor(seconds / unit[1])
  return `${amount} ${unit[0]}${amount === 1 ? '' : 's'} ago`
}

/** Returns a length of time: `1.2 s`, `3 min`, `2 h 5 min`, `4 days`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`
  return `${Math.floor(seconds / 86_400)} days`
}
