import Type from 'typebox'
import { nextField, pageFields } from './page.ts'
import { route } from './route.ts'
import { RoleName, User, UserName } from './users.ts'

const nothing = Type.Object({})
const time = Type.String({ description: 'ISO 8601, in UTC.' })

/** The routes about who may come in. */
export const authRoutes = {
  pair: route({
    method: 'POST',
    path: '/v1/pairings',
    summary: 'Return a link that lets one browser in, once, within two minutes.',
    role: 'admin',
    cost: 'cheap',
    isSecret: true,
    input: Type.Object({
      role: Type.Optional(RoleName),
    }),
    reply: Type.Object({ url: Type.String(), role: RoleName, expiresAt: time }),
  }),
  rotateCredentials: route({
    method: 'POST',
    path: '/v1/credentials/rotate',
    summary: 'Replace the token, and end every browser session and every access token.',
    role: 'admin',
    cost: 'cheap',
    input: nothing,
    reply: Type.Object({ tokenFile: Type.String(), sessions: Type.Integer({ minimum: 0 }) }),
  }),
  users: route({
    method: 'GET',
    path: '/v1/users',
    summary: 'List who may reach the daemon from another machine.',
    role: 'admin',
    cost: 'cheap',
    input: Type.Object(pageFields),
    reply: Type.Object({ items: Type.Array(User), ...nextField }),
  }),
  addUser: route({
    method: 'POST',
    path: '/v1/users',
    summary: 'Add a user; the secret is told this once.',
    role: 'admin',
    cost: 'cheap',
    isSecret: true,
    input: Type.Object({ name: UserName, role: RoleName }),
    reply: Type.Object({ user: User, secret: Type.String() }),
  }),
  removeUser: route({
    method: 'DELETE',
    path: '/v1/users/:user',
    summary: 'Take a user away; what was given out for them ends at once.',
    role: 'admin',
    cost: 'cheap',
    input: Type.Object({ user: UserName }),
    reply: Type.Object({ name: UserName }),
  }),
  accessToken: route({
    method: 'POST',
    path: '/v1/access-tokens',
    summary: 'Return a token of fifteen minutes for the secret of a user.',
    role: 'reader',
    isOpen: true,
    cost: 'cheap',
    isSecret: true,
    input: Type.Object({ user: UserName, secret: Type.String({ minLength: 1, maxLength: 128 }) }),
    reply: Type.Object({ token: Type.String(), expiresAt: time }),
  }),
} as const
