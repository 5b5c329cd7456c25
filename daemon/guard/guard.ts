import type { IncomingHttpHeaders } from 'node:http'
import { type Caller, owner } from '../../contract/caller.ts'
import { AiosError } from '../../contract/errors.ts'
import type { AccessTokens } from './access-tokens.ts'
import { inspect, type Knock, type Place } from './origin.ts'
import type { Rates, RateLimiter } from './rate.ts'
import type { Sessions } from './sessions.ts'
import type { Token } from './token.ts'
import type { Users } from './users.ts'

/** What was asked of the guard. */
export interface Entry {
  /** Whether strangers are answered. */
  readonly isOpen: boolean
  /** Whether it is a page to look at, for which a browser's cookie alone will do. */
  readonly isPage: boolean
}

/** Stands before everything that is reached over TCP. */
export interface Guard {
  /** Throws when the request comes under a wrong name, or from another site. Comes before all else. */
  inspect(knock: Knock): void
  /** Returns who knocks; undefined for a stranger where strangers are answered, else an error. */
  identify(knock: Knock, entry: Entry): Promise<Caller | undefined>
  /** Returns the seconds that this caller, or a stranger from this address, has to wait; 0 to come in. */
  wait(caller: Caller | undefined, peer: string, cost: keyof Rates): number
}

/** What the guard is made of. */
export interface GuardParts {
  /** Where we are reached; asked anew each time, because a port may be known late. */
  readonly place: () => Place
  /** Absent where other machines reach us: there each caller is a user. */
  readonly token?: Token
  readonly sessions: Sessions
  readonly accessTokens: AccessTokens
  readonly users: Users
  readonly limiter: RateLimiter
}

/** The cookie of a paired browser. */
export const cookieName = 'aios_session'
/** The header in which a page shows the key that belongs to the cookie. */
export const keyHeader = 'x-aios-key'
/** The same where no header can be set: a WebSocket offers it as a protocol, behind `aios.v1`. */
const keyProtocol = 'aios.key.'

/** Creates the guard. */
export function createGuard(parts: GuardParts): Guard {
  const { sessions, accessTokens, users, limiter, token } = parts

  async function bearerOf(text: string): Promise<Caller | undefined> {
    if (token?.matches(text) === true) return { ...owner, door: 'http' }
    const id = await accessTokens.verify(text)
    const user = id === undefined ? undefined : users.find(id)
    // The role is the one of now, not of when the token was given.
    return user && { role: user.role, name: user.name, door: 'http' }
  }

  function browserOf(cookie: string, headers: IncomingHttpHeaders, isPage: boolean): Caller | undefined {
    const session = sessions.find(cookie)
    const key = keyOf(headers)
    if (session === undefined || (!isPage && (key === undefined || !session.isKey(key)))) return undefined
    return { role: session.role, name: session.name, door: 'http' }
  }

  async function recognise(headers: IncomingHttpHeaders, isPage: boolean): Promise<Caller | undefined> {
    const { authorization } = headers
    const cookie = cookieOf(headers)
    if (authorization === undefined)
      return cookie === undefined ? undefined : browserOf(cookie, headers, isPage)
    const bearer = /^bearer +(\S+)$/i.exec(authorization)?.[1]
    return bearer === undefined ? undefined : bearerOf(bearer)
  }

  return {
    inspect: (knock) => inspect(knock, parts.place()),

    async identify({ headers }, { isOpen, isPage }) {
      const caller = await recognise(headers, isPage)
      if (caller !== undefined || isOpen) return caller
      if (headers.authorization === undefined && cookieOf(headers) === undefined) {
        throw new AiosError('auth.required', 'This is answered to those who show a token.')
      }
      throw new AiosError('auth.invalid', 'What was shown is not, or no longer, valid here.')
    },

    wait: (caller, peer, cost) =>
      caller === undefined ? limiter.take(peer, 'stranger') : limiter.take(`@${caller.name}`, cost),
  }
}

function cookieOf({ cookie = '' }: IncomingHttpHeaders): string | undefined {
  const found = cookie.split(/; */).find((pair) => pair.startsWith(`${cookieName}=`))
  return found?.slice(cookieName.length + 1)
}

function keyOf(headers: IncomingHttpHeaders): string | undefined {
  const key = headers[keyHeader]
  if (typeof key === 'string') return key
  const offered = headers['sec-websocket-protocol']?.split(/, */) ?? []
  return offered.find((name) => name.startsWith(keyProtocol))?.slice(keyProtocol.length)
}
