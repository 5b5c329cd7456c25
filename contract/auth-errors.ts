import type { ErrorKind } from './error-kind.ts'

/** What goes wrong when somebody comes in. */
export const authErrors = {
  'auth.required': {
    status: 401,
    exit: 4,
    hint: 'Send what `aios daemon token` prints as `Authorization: Bearer TOKEN`, or pair a browser with `aios daemon pair`.',
  },
  'auth.invalid': {
    status: 401,
    exit: 4,
    hint: 'Get a new token: `aios daemon token` for yourself, POST /v1/access-tokens for a user; or pair the browser again with `aios daemon pair`.',
  },
  'auth.forbidden': {
    status: 403,
    exit: 4,
    hint: 'Ask whoever runs this daemon for a higher role; see `aios user list`.',
  },
  'auth.cross-site': {
    status: 403,
    exit: 4,
    hint: 'Call from a program, without Origin and Referer, or from a page that the daemon itself has served.',
  },
  'auth.wrong-host': {
    status: 421,
    exit: 4,
    hint: 'Use the address that `aios status` names in its JSON; other names must stand in `daemon.http.hosts`.',
  },
  'auth.exposed': {
    status: 403,
    exit: 4,
    hint: 'Set `daemon.http.certificate`, `daemon.http.privateKey` and `daemon.http.hosts`, and add a user with `aios user add` first; or go back to `daemon.http.address: 127.0.0.1`.',
  },
  'auth.unlistenable': {
    status: 500,
    exit: 1,
    hint: 'Choose another `daemon.http.port` or `daemon.http.address`, or set `daemon.http.enabled` to false.',
  },
  'auth.off': {
    status: 409,
    exit: 1,
    hint: 'Set `daemon.http.enabled` to true, then run `aios daemon restart`.',
  },
  'auth.user-exists': {
    status: 409,
    exit: 1,
    hint: 'Choose another name, or take the user away first with `aios user remove`.',
  },
  'auth.user-unknown': { status: 404, exit: 3, hint: 'See `aios user list` for who is there.' },
} as const satisfies Record<string, ErrorKind>
