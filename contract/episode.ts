import Type, { type Static } from 'typebox'

/** A commit's full object id: 40 hex digits, or 64 with SHA-256. */
export const Oid = Type.String({ pattern: '^[0-9a-f]{40}([0-9a-f]{24})?$' })

/** What a commit was made for, as far as its message says. */
export const EpisodeKind = Type.Union(
  [
    Type.Literal('feature'),
    Type.Literal('fix'),
    Type.Literal('revert'),
    Type.Literal('refactoring'),
    Type.Literal('performance'),
    Type.Literal('documentation'),
    Type.Literal('test'),
    Type.Literal('build'),
    Type.Literal('chore'),
    Type.Literal('merge'),
    Type.Literal('session'),
    Type.Literal('other'),
  ],
  { description: 'What a commit was made for, as far as its message says.' },
)
export type EpisodeKind = Static<typeof EpisodeKind>

/** The links between commits that messages and rewrites tell. */
export const TieKind = Type.Union([
  Type.Literal('reverts'),
  Type.Literal('fixes'),
  Type.Literal('follows'),
  Type.Literal('cherry-picks'),
  Type.Literal('references'),
  Type.Literal('rewrites'),
])
export type TieKind = Static<typeof TieKind>

/** A typed link from one commit to another. */
export const Tie = Type.Object({
  kind: TieKind,
  from: Oid,
  to: Oid,
})
export type Tie = Static<typeof Tie>

/** A person and a moment. */
export const Person = Type.Object({
  name: Type.String(),
  email: Type.String(),
  time: Type.String({
    description: 'ISO 8601 with the zone the commit names; empty when the date is absurd.',
  }),
})
export type Person = Static<typeof Person>

/** One path of an episode. */
export const Change = Type.Object({
  path: Type.String(),
  oldPath: Type.Optional(Type.String()),
  status: Type.Union([
    Type.Literal('added'),
    Type.Literal('modified'),
    Type.Literal('deleted'),
    Type.Literal('renamed'),
    Type.Literal('copied'),
    Type.Literal('type-changed'),
    Type.Literal('unmerged'),
  ]),
  additions: Type.Integer({ minimum: 0 }),
  deletions: Type.Integer({ minimum: 0 }),
  language: Type.Optional(Type.String()),
  binary: Type.Boolean(),
})
export type Change = Static<typeof Change>

/** A conventional commit's head: `type(scope)!: …`. */
export const Conventional = Type.Object({
  type: Type.String(),
  scope: Type.Optional(Type.String()),
  breaking: Type.Boolean(),
})
export type Conventional = Static<typeof Conventional>

/** What a session commit says of the work it closes. */
export const Session = Type.Object({
  title: Type.String(),
  prompt: Type.Optional(Type.String()),
  stats: Type.Optional(Type.String()),
  artifacts: Type.Array(Type.String()),
  traces: Type.Array(Type.String()),
})
export type Session = Static<typeof Session>

/** What a message refers to. */
export const References = Type.Object({
  commits: Type.Array(
    Type.Object({
      kind: TieKind,
      oid: Type.String({
        description: 'The id as written, perhaps abbreviated; empty when only a subject is quoted.',
      }),
      subject: Type.Optional(Type.String()),
    }),
  ),
  issues: Type.Array(Type.String({ description: 'As written: `#12`, `GH-12`, `owner/name#12`.' })),
})
export type References = Static<typeof References>

/** One `Key: value` line at the end of a message. */
export const Trailer = Type.Object({ key: Type.String(), value: Type.String() })
export type Trailer = Static<typeof Trailer>

/** What one commit means. Named by repository and oid; its identity outlives the oid. */
export const Episode = Type.Object(
  {
    oid: Oid,
    identity: Type.String({
      description: 'The oid this episode was first known by; stays through rewrites.',
    }),
    parents: Type.Array(Oid),
    tree: Oid,
    author: Person,
    committer: Person,
    subject: Type.String(),
    body: Type.String(),
    trailers: Type.Array(Trailer),
    conventional: Type.Optional(Conventional),
    kind: EpisodeKind,
    session: Type.Optional(Session),
    changes: Type.Array(Change),
    symbols: Type.Array(Type.String()),
    tokens: Type.Integer({ minimum: 0, description: 'Estimated model tokens of message and hunks.' }),
    patchId: Type.Optional(Type.String()),
    references: References,
    reachable: Type.Boolean({ description: 'Whether some ref still leads here.' }),
    redactions: Type.Integer({
      minimum: 0,
      description: 'Secrets that were taken out before anything was stored.',
    }),
    complete: Type.Boolean({ description: 'Whether the hunks were read too, not only message and paths.' }),
  },
  { description: 'What one commit means. Named by repository and oid; its identity outlives the oid.' },
)
export type Episode = Static<typeof Episode>
