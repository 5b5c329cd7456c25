import Type, { type Static } from 'typebox'

/** Whose file a setting is written to. */
export const ConfigScope = Type.Union([Type.Literal('user'), Type.Literal('repository')])
export type ConfigScope = Static<typeof ConfigScope>

/** Each setting in force, and where it comes from. */
export const ConfigAnswer = Type.Object({
  settings: Type.Array(
    Type.Object({
      key: Type.String({ description: 'Dotted, as in `recall.limit`.' }),
      value: Type.Unknown(),
      origin: Type.String({ description: '`default`, a file with its line, or the name of a variable.' }),
    }),
  ),
  files: Type.Array(
    Type.Object({
      path: Type.String(),
      exists: Type.Boolean(),
      valid: Type.Boolean({ description: 'Whether it counts: none of the problems is about it.' }),
      scope: ConfigScope,
    }),
  ),
  problems: Type.Array(Type.Object({ code: Type.String(), message: Type.String(), hint: Type.String() })),
})
export type ConfigAnswer = Static<typeof ConfigAnswer>
