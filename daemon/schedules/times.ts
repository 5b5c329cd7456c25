import { parseExpression, type Expression } from './expression.ts'

/** When schedules are due. Times are in milliseconds since the epoch. */
export interface Times {
  /** Returns the first time after this one; undefined when there is none within eight years. */
  next(expression: string, after: number): number | undefined
  /** Returns the last time that is after the one and not after the other; undefined when there is none. */
  last(expression: string, after: number, until: number): number | undefined
}

/** Returns how far the clock on the wall is ahead of UTC, in milliseconds. */
export type OffsetAt = (at: number) => number

const minuteMs = 60_000
const dayMs = 86_400_000
/** No clock is turned further. */
const longestTurnMs = 3 * 3_600_000
const mostParsed = 100
const mostKnown = 1000

/**
 * Creates what tells the times of schedules, by the clock on the wall.
 *
 * When that clock is turned forward, a schedule that names hours comes right after the turn if it would have come
 * within the hour that is left out; when it is turned back, such a one comes once, in the first of the two hours. One
 * that comes in every hour does so by the hours that pass. `cron` counts in UTC: of days with a turn it makes too much.
 */
export function createTimes(offsetAt: OffsetAt = offsetHere): Times {
  const parsed = new Map<string, Expression>()
  /** A schedule is looked at twice a minute, for each repository, and is mostly where it was. */
  const known = new Map<string, number | undefined>()

  function expressionOf(text: string): Expression {
    const known = parsed.get(text)
    if (known !== undefined) return known
    if (parsed.size >= mostParsed) parsed.clear()
    const expression = parseExpression(text)
    parsed.set(text, expression)
    return expression
  }

  return {
    next(text, after) {
      const key = `${after} ${text}`
      if (known.has(key)) return known.get(key)
      if (known.size >= mostKnown) known.clear()
      const next = nextOf(expressionOf(text), after, offsetAt)
      known.set(key, next)
      return next
    },
    last(text, after, until) {
      const expression = expressionOf(text)
      const comesAfter = (at: number) => (nextOf(expression, at, offsetAt) ?? Infinity) <= until
      if (!comesAfter(after)) return undefined
      let [low, high] = [after, until]
      // No two times are nearer than a minute. To count them all would take a minute’s schedule seconds after a month.
      while (high - low > minuteMs) {
        const middle = Math.floor((low + high) / 2)
        if (comesAfter(middle)) low = middle
        else high = middle
      }
      return nextOf(expression, low, offsetAt)
    },
  }
}

function nextOf(expression: Expression, after: number, offsetAt: OffsetAt): number | undefined {
  const again = expression.hasHours ? undefined : inHourThatRepeats(expression, after, offsetAt)
  let local = expression.after(after + offsetAt(after))
  while (local !== undefined) {
    const at = whenIs(local, after, expression, offsetAt)
    if (at !== undefined) return Math.min(at, again ?? Infinity)
    local = expression.after(local)
  }
  return again
}

/** Returns when the clock shows a time that counts; undefined when it never does, or did before. */
function whenIs(
  local: number,
  after: number,
  { hasHours }: Expression,
  offsetAt: OffsetAt,
): number | undefined {
  const before = local - offsetAt(local - dayMs)
  const behind = local - offsetAt(local + dayMs)
  const times = [Math.min(before, behind), Math.max(before, behind)].filter(
    (at) => at + offsetAt(at) === local,
  )
  if (times.length > 0) return (hasHours ? times.slice(0, 1) : times).find((at) => at > after)
  const turn = turnIn(behind, before, offsetAt)
  return hasHours && turn > after ? turn : undefined
}

/** Returns the first time in the hour that the clock shows again soon; undefined when there is no such hour, or time. */
function inHourThatRepeats(expression: Expression, after: number, offsetAt: OffsetAt): number | undefined {
  const end = after + longestTurnMs
  const [offset, later] = [offsetAt(after), offsetAt(end)]
  if (later >= offset) return undefined
  const turn = turnIn(after, end, offsetAt)
  const local = expression.after(turn + later - 1000)
  return local !== undefined && local < turn + offset ? local - later : undefined
}

/** Returns when the clock is turned between two times that it is turned between. */
function turnIn(from: number, to: number, offsetAt: OffsetAt): number {
  let [low, high] = [from, to]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle) === offsetAt(from)) low = middle
    else high = middle
  }
  return high
}

function offsetHere(at: number): number {
  return -new Date(at).getTimezoneOffset() * minuteMs
}
