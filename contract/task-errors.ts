import type { ErrorKind } from './error-kind.ts'

/** The failures of long work, and of requests that are repeated or paged. */
export const taskErrors = {
  'task.unknown': {
    status: 404,
    exit: 3,
    hint: 'See `aios task list`; the oldest that ended are forgotten.',
  },
  'task.state': {
    status: 409,
    exit: 1,
    hint: 'See how it stands with `aios task show ID`; what runs can be cancelled, what failed can be replayed.',
  },
  'task.cancelled': {
    status: 409,
    exit: 1,
    hint: 'Begin it again with `aios task replay ID`; see `aios task list`.',
  },
  'task.queue-full': {
    status: 503,
    exit: 75,
    hint: 'Wait until some of it is done, or cancel what is not needed; see `aios task list`.',
  },
  'task.deadly': {
    status: 500,
    exit: 1,
    hint: 'See why with `aios daemon logs`, then begin it again with `aios task replay ID`.',
  },
  'request.cursor': {
    status: 400,
    exit: 2,
    hint: 'Take the cursor from `next` of the answer before as it is, or leave it out to begin again.',
  },
  'request.key-reused': {
    status: 422,
    exit: 2,
    hint: 'Use a new Idempotency-Key for each new request; the same key only to repeat the same request.',
  },
  'request.key-busy': {
    status: 409,
    exit: 75,
    hint: 'The first request with this Idempotency-Key is still being answered; try again in a moment.',
  },
} as const satisfies Record<string, ErrorKind>
