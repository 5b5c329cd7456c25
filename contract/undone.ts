import Type, { type Static } from 'typebox'
import { Oid } from './episode.ts'

/** A fix of which a change takes lines away. */
export const UndoneFix = Type.Object({
  path: Type.String(),
  oid: Oid,
  subject: Type.String(),
  time: Type.String(),
  closed: Type.Array(
    Type.String({ description: 'The issues and commits that its message says it closed or fixed.' }),
  ),
  lines: Type.Array(Type.Integer({ minimum: 1 }), {
    description: 'The lines that go, by their numbers before the change.',
  }),
  had: Type.Integer({ minimum: 1, description: 'How many of the lines that it added were still there.' }),
})
export type UndoneFix = Static<typeof UndoneFix>
