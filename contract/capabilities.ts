import Type, { type Static } from 'typebox'

const globs = Type.Optional(Type.Array(Type.String()))

/** What this daemon can be asked, what can be listened to, and who listens. */
export const Capabilities = Type.Object({
  version: Type.String(),
  protocol: Type.Integer(),
  routes: Type.Array(
    Type.Object({
      name: Type.String(),
      method: Type.String(),
      path: Type.String(),
      summary: Type.String(),
      role: Type.String(),
      cost: Type.String(),
      shape: Type.String(),
    }),
  ),
  hooks: Type.Array(
    Type.Object({
      name: Type.String({ description: '`<…>` stands for a name.' }),
      kind: Type.String(),
      gate: Type.Boolean({ description: 'Whether it may refuse.' }),
      summary: Type.String(),
      amends: Type.Optional(Type.Array(Type.String(), { description: 'What a patch may touch.' })),
    }),
  ),
  commands: Type.Array(Type.String(), { description: 'The routes that have a `before:` and an `after:`.' }),
  listeners: Type.Array(
    Type.Object({
      hook: Type.String(),
      id: Type.String(),
      priority: Type.Integer(),
      once: Type.Boolean(),
      mode: Type.Union([Type.Literal('enforce'), Type.Literal('shadow')]),
      timeoutMs: Type.Optional(Type.Number()),
      filter: Type.Optional(Type.Object({ paths: globs, branches: globs, authors: globs })),
    }),
    { description: 'By hook, in the order in which they are asked.' },
  ),
})
export type Capabilities = Static<typeof Capabilities>
