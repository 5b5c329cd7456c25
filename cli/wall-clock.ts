/** Returns a moment by the clock on the wall of whoever reads it, as `2026-03-02 04:00:00`; blank when it is none. */
export function wallClock(time: string | number): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return ' '.repeat(19)
  const two = (part: number) => String(part).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`
}
