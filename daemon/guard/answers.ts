import type { authRoutes } from '../../contract/auth-routes.ts'
import type { Decision } from '../../contract/caller.ts'
import { AiosError } from '../../contract/errors.ts'
import type { Answers } from '../../contract/route.ts'
import { pageOf } from '../pages/page.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { Sessions } from './sessions.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { Token } from './token.ts'
import type { Users } from './users.ts'

/** What questions about access are answered from. */
export interface AccessParts {
  readonly token: Token
  readonly tokenFile: string
  readonly sessions: Sessions
  readonly users: Users
  readonly keys: SigningKeys
  readonly accessTokens: AccessTokens
  /** Returns the link for a code; undefined while nothing listens on TCP. */
  readonly link: (code: string) => string | undefined
  readonly onDecision?: (decision: Decision) => void
}

/** Returns what answers the routes about who may come in. */
export function answerAccess(parts: AccessParts): Answers<typeof authRoutes> {
  const { token, tokenFile, sessions, users, keys, accessTokens, link, onDecision } = parts
  return {
    async pair({ role = 'reader' }) {
      const { code, expiresAt } = sessions.invite(role)
      const url = link(code)
      if (url === undefined) throw new AiosError('auth.off', 'The daemon does not listen on TCP.')
      return { url, role, expiresAt: new Date(expiresAt).toISOString() }
    },

    async rotateCredentials() {
      token.rotate()
      // Before what may fail: whoever asks for this wants everybody out.
      const ended = sessions.end()
      await keys.forget()
      return { tokenFile, sessions: ended }
    },

    users: async (wish) => pageOf({ name: 'users', items: users.list(), keyOf: ({ name }) => name }, wish),
    addUser: ({ name, role }) => users.add(name, role),
    async removeUser({ user }) {
      await users.remove(user)
      return { name: user }
    },

    async accessToken({ user, secret }) {
      const known = users.recognise(user, secret)
      const decided = { kind: 'login', actor: user, subject: 'access token' } as const
      onDecision?.({ ...decided, decision: known === undefined ? 'refused' : 'allowed' })
      if (known === undefined) throw new AiosError('auth.invalid', 'The name or the secret is wrong.')
      const issued = await accessTokens.issue(known)
      return { token: issued.token, expiresAt: new Date(issued.expiresAt).toISOString() }
    },
  }
}
