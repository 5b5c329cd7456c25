import type { ErrorKind } from './error-kind.ts'

/** What goes wrong with schedules. */
export const scheduleErrors = {
  'schedule.unknown': {
    status: 404,
    exit: 3,
    hint: 'See `aios schedule list`, or set it: `aios config set schedules.NAME "0 4 * * *"`.',
  },
  'schedule.running': { status: 409, exit: 75, hint: 'Wait until the run that goes on has ended.' },
} as const satisfies Record<string, ErrorKind>
