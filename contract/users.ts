import Type, { type Static } from 'typebox'
import { roles } from './caller.ts'

/** A name that can stand in an address, a log and a token without being taken for something else. */
export const UserName = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[a-z0-9][a-z0-9._-]*$',
  description: 'Small letters, digits, dots, dashes and underscores.',
})

/** One of the roles. */
export const RoleName = Type.Enum([...roles])

/** Somebody who may reach the daemon from another machine. */
export const User = Type.Object({
  name: UserName,
  role: RoleName,
  createdAt: Type.String({ description: 'ISO 8601, in UTC.' }),
})
export type User = Static<typeof User>

/** A user as they are kept: with the digest of their secret, and an id that no later user of the name will have. */
export const KeptUser = Type.Object({ id: Type.String(), ...User.properties, secretDigest: Type.String() })
export type KeptUser = Static<typeof KeptUser>

/** The file of users. */
export const UsersFile = Type.Object({ users: Type.Array(KeptUser) })

/** The keys that access tokens are signed with, newest first. */
export const SigningKeysFile = Type.Object({
  keys: Type.Array(Type.Object({ id: Type.String(), createdAt: Type.Number(), pem: Type.String() })),
})
