import type { Role } from '../../contract/caller.ts'
import { digestOf, hasDigest, newSecret } from './secret.ts'

/** A browser that was let in. */
export interface Session {
  readonly role: Role
  /** What it is called; no user can be called so. */
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** A session as it is told to its browser, once. */
export interface NewSession extends Session {
  /** Goes into a cookie that no script can read. */
  readonly cookie: string
  /**
   * Goes into the storage of the page's origin. A cookie alone would not do: browsers send one to every port of a
   * host, so that any other program that listens on this machine could ask a browser for it.
   */
  readonly key: string
}

/** Lets browsers in. Nothing of it outlives the daemon. */
export interface Sessions {
  /** Returns a code that lets one browser in, once and soon. */
  invite(role: Role): { code: string; expiresAt: number }
  /** Returns a session for the code; undefined when it was used, has expired or never was. */
  redeem(code: string): NewSession | undefined
  /** Returns the session of the cookie. Without its key it is good for looking at pages only. */
  find(cookie: string): (Session & { isKey(key: string): boolean }) | undefined
  /** Ends every session and every invitation; returns how many sessions there were. */
  end(): number
}

const inviteMs = 2 * 60_000
const sessionMs = 12 * 3600_000
const mostInvitations = 20
const mostSessions = 100

interface Kept extends Session {
  readonly keyDigest: string
}

/** Creates the sessions. Secrets are kept as digests, by which they are found. */
export function createSessions(now: () => number): Sessions {
  const invitations = new Map<string, { readonly role: Role; readonly expiresAt: number }>()
  const sessions = new Map<string, Kept>()
  let count = 0

  return {
    invite(role) {
      const code = newSecret()
      const invitation = { role, expiresAt: now() + inviteMs }
      put(invitations, digestOf(code), invitation, mostInvitations)
      return { code, expiresAt: invitation.expiresAt }
    },

    redeem(code) {
      const digest = digestOf(code)
      const invitation = invitations.get(digest)
      // Whatever comes of it: once.
      invitations.delete(digest)
      if (invitation === undefined || invitation.expiresAt <= now()) return undefined
      const cookie = newSecret()
      const key = newSecret()
      const session = { role: invitation.role, name: `browser:${++count}`, expiresAt: now() + sessionMs }
      put(sessions, digestOf(cookie), { ...session, keyDigest: digestOf(key) }, mostSessions)
      return { ...session, cookie, key }
    },

    find(cookie) {
      const session = sessions.get(digestOf(cookie))
      if (session === undefined || session.expiresAt <= now()) return undefined
      return { ...session, isKey: (key) => hasDigest(key, session.keyDigest) }
    },

    end() {
      const ended = sessions.size
      sessions.clear()
      invitations.clear()
      return ended
    },
  }
}

/** Keeps a value, and lets go of the oldest where there are too many. */
function put<Value>(values: Map<string, Value>, key: string, value: Value, most: number): void {
  values.set(key, value)
  const [oldest] = values.keys()
  if (values.size > most && oldest !== undefined) values.delete(oldest)
}
