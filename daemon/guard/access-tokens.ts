import { jwtVerify, SignJWT } from 'jose'
import { type KeyObject, randomUUID } from 'node:crypto'
import { algorithm, type SigningKeys } from './signing-keys.ts'

/** Tokens that users show on each request, for as long as they live. */
export interface AccessTokens {
  /** Returns a token for the id of a user, and when it ends in milliseconds since the epoch. */
  issue(user: string): Promise<{ token: string; expiresAt: number }>
  /** Returns the id of the user; undefined unless the token is ours, whole, and of the last fifteen minutes. */
  verify(token: string): Promise<string | undefined>
}

const lifeSeconds = 15 * 60
const issuer = 'aios'
const audience = 'aios-api'
/** RFC 9068; what was signed for something else is no access token. */
const type = 'at+jwt'
/** Much longer than any of ours: what is longer is not worth reading. */
const mostCharacters = 2048

/** Creates the tokens: JWTs whose algorithm, issuer, audience and life are fixed here and nowhere else. */
export function createAccessTokens(keys: SigningKeys, now: () => number): AccessTokens {
  return {
    async issue(user) {
      const { id, key } = await keys.current()
      const issuedAt = Math.floor(now() / 1000)
      const token = await new SignJWT({})
        .setProtectedHeader({ alg: algorithm, kid: id, typ: type })
        .setSubject(user)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifeSeconds)
        .setJti(randomUUID())
        .sign(key)
      return { token, expiresAt: (issuedAt + lifeSeconds) * 1000 }
    },

    async verify(token) {
      if (token.length > mostCharacters) return undefined
      try {
        const { payload } = await jwtVerify(token, ({ kid }) => keyOf(kid, keys), {
          algorithms: [algorithm],
          issuer,
          audience,
          typ: type,
          maxTokenAge: lifeSeconds,
          requiredClaims: ['sub', 'iat', 'exp', 'jti'],
          currentDate: new Date(now()),
        })
        const { sub, iat = 0, exp = Infinity } = payload
        return exp - iat <= lifeSeconds ? sub : undefined
      } catch {
        // Whatever is wrong with it, whoever sent it is told the same.
        return undefined
      }
    },
  }
}

function keyOf(id: string | undefined, keys: SigningKeys): KeyObject {
  const key = id === undefined ? undefined : keys.find(id)
  if (key === undefined) throw new TypeError('No key has this name.')
  return key
}
