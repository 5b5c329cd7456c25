import { createRequire } from 'node:module'
import type * as Cron from 'cron'

const require = createRequire(import.meta.url)

/** Five fields of cron, understood. */
export interface Expression {
  /** Whether it names hours, rather than coming in each of them. */
  readonly hasHours: boolean
  /**
   * Returns the first time of the clock on the wall after this one, both in milliseconds as if that clock never
   * turned; undefined when there is none within eight years.
   */
  after(local: number): number | undefined
}

/** Returns what an expression means; fails when it means nothing. */
export function parseExpression(text: string): Expression {
  // Not imported: with luxon it takes 20 ms and 8 MB of a daemon, and most have nobody who listens to a schedule.
  const cron: typeof Cron = require('cron')
  const time = new cron.CronTime(text, 'UTC')
  return {
    hasHours: text.split(/ +/)[1]?.startsWith('*') === false,
    after(local) {
      try {
        return time.getNextDateFrom(new Date(local), 'UTC').toMillis()
      } catch {
        // What it says when it has looked eight years ahead.
        return undefined
      }
    },
  }
}

/** Returns what is wrong with an expression, as a sentence; undefined when nothing is. */
export function flawOf(text: string): string | undefined {
  try {
    return parseExpression(text).after(Date.now()) === undefined ? 'There is no such day.' : undefined
  } catch (error) {
    return error instanceof Error ? `${error.message}.` : 'It cannot be read.'
  }
}
