import Type, { type Static } from 'typebox'

const bytes = Type.Integer({ minimum: 0 })

/** The form of archives that this version of aios writes. */
export const backupFormat = 1

/** The first file of an archive: what the others are. */
export const BackupManifest = Type.Object({
  format: Type.Integer({ minimum: 1 }),
  version: Type.String({ description: 'Of the aios that wrote it.' }),
  createdAt: Type.String(),
  full: Type.Boolean({ description: 'Whether it holds the memories too, which can be read again from git.' }),
  files: Type.Array(
    Type.Object({
      path: Type.String({ minLength: 1, maxLength: 4096 }),
      bytes,
      sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    }),
  ),
})
export type BackupManifest = Static<typeof BackupManifest>

/** What was put into an archive. */
export const BackupAnswer = Type.Object({
  path: Type.String(),
  bytes,
  sha256: Type.String({ description: 'Of the archive.' }),
  full: Type.Boolean(),
  files: Type.Integer({ minimum: 0 }),
  left: Type.Array(Type.String(), { description: 'What was left out, and why.' }),
})
export type BackupAnswer = Static<typeof BackupAnswer>

/** What was found in an archive, and what became of it. */
export const RestoreAnswer = Type.Object({
  path: Type.String(),
  version: Type.String(),
  createdAt: Type.String(),
  full: Type.Boolean(),
  files: Type.Integer({ minimum: 0 }),
  bytes: Type.Integer({ minimum: 0, description: 'Of all files together.' }),
  restored: Type.Boolean({ description: 'False when the archive was only looked through.' }),
  kept: Type.Array(Type.String(), { description: 'Where what was there before lies now.' }),
})
export type RestoreAnswer = Static<typeof RestoreAnswer>
