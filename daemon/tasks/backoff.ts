const firstMs = 1_000
const longestMs = 60_000

/**
 * Returns how long to wait before the next try, in milliseconds: twice as long after each, up to a minute.
 *
 * Half of it is chance (`random` is from 0 to 1), so that what failed together does not come back together.
 */
export function backoffMs(tries: number, random: number): number {
  const whole = Math.min(longestMs, firstMs * 2 ** Math.max(0, tries - 1))
  return Math.round(whole / 2 + (whole / 2) * random)
}

/** Returns how long to wait until a time that was set before; a clock that was put back delays no try further. */
export function waitUntil(dueAt: number, now: number): number {
  return Math.min(longestMs, Math.max(0, dueAt - now))
}
