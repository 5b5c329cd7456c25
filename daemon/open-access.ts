import { join } from 'node:path'
import type { authRoutes } from '../contract/auth-routes.ts'
import type { Decision } from '../contract/caller.ts'
import type { Answers } from '../contract/route.ts'
import type { StateFolders } from '../contract/state.ts'
import { createAccessTokens } from './guard/access-tokens.ts'
import { answerAccess } from './guard/answers.ts'
import { createGuard, type Guard } from './guard/guard.ts'
import type { Place } from './guard/origin.ts'
import { createRateLimiter, type Rates, usualRates } from './guard/rate.ts'
import { createSessions, type Sessions } from './guard/sessions.ts'
import { checkExposure, type HttpSettings } from './guard/place.ts'
import { openSigningKeys } from './guard/signing-keys.ts'
import { openToken } from './guard/token.ts'
import { openUsers } from './guard/users.ts'
import { pairingLink } from './http/pairing.ts'
import { ownFolder } from './http/socket.ts'
import { secretInVault } from './open-vault.ts'

/** Who may come in, and what they show. */
export interface Access {
  readonly answers: Answers<typeof authRoutes>
  readonly sessions: Sessions
  /** Returns a guard for a place; where others reach us, the token of this machine's user counts for nothing. */
  guardFor(place: () => Place, isLocal: boolean): Guard
}

/** What access is opened with. */
export interface AccessOptions {
  readonly folders: StateFolders
  readonly settings: HttpSettings
  /** Where the daemon is reached on TCP; empty while it is not. */
  readonly url: () => string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** How often who may ask; what is usual when absent. */
  readonly rates?: Rates
  readonly onDecision?: (decision: Decision) => void
}

/**
 * Opens the token, the users and the keys that their tokens are signed with.
 *
 * Fails where others would reach us unprotected: a daemon that is exposed by mistake must not run at all.
 */
export async function openAccess(options: AccessOptions): Promise<Access> {
  const { folders, settings, url, now, rates = usualRates, onDecision } = options
  ownFolder(folders.runtime)
  const { tokenFile } = folders
  const token = openToken(tokenFile)
  const users = openUsers(join(folders.state, 'users.json'), now)
  if (settings.enabled) checkExposure(settings, users.list().length)
  const keys = await openSigningKeys(secretInVault(folders, 'signing-keys'), now)
  const sessions = createSessions(now)
  const accessTokens = createAccessTokens(keys, now)
  const limiter = createRateLimiter(rates, now)
  const link = (code: string) => (url() === '' ? undefined : pairingLink(url(), code))
  const told = onDecision === undefined ? {} : { onDecision }
  return {
    answers: answerAccess({ token, tokenFile, sessions, users, keys, accessTokens, link, ...told }),
    sessions,
    guardFor: (place, isLocal) =>
      createGuard({ place, sessions, accessTokens, users, limiter, ...(isLocal ? { token } : {}) }),
  }
}
