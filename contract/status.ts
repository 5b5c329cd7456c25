import Type, { type Static } from 'typebox'
import { Progress } from './events.ts'

/** What a repository is doing. */
export const RepositoryState = Type.Union([
  Type.Literal('ready'),
  Type.Literal('reading'),
  Type.Literal('waiting'),
  Type.Literal('missing'),
  Type.Literal('failed'),
])
export type RepositoryState = Static<typeof RepositoryState>

/** Whose vectors a repository's questions are answered with, and what is being done about it. */
export const EmbedderStatus = Type.Object({
  id: Type.String({ description: 'The embedder in force.' }),
  state: Type.Union([
    Type.Literal('untrained'),
    Type.Literal('training'),
    Type.Literal('switching'),
    Type.Literal('trained'),
    Type.Literal('lost'),
  ]),
  note: Type.String({ description: 'Why it is so, in words.' }),
})
export type EmbedderStatus = Static<typeof EmbedderStatus>

/** A repository as the daemon knows it. */
export const RepositoryStatus = Type.Object({
  id: Type.String(),
  path: Type.String({ description: 'Absolute.' }),
  head: Type.Optional(Type.String({ description: 'The oid of HEAD; absent before the first commit.' })),
  branch: Type.Optional(Type.String()),
  episodes: Type.Integer({ minimum: 0, description: 'Every remembered commit.' }),
  complete: Type.Integer({ minimum: 0, description: 'Of these, how many with their hunks.' }),
  pending: Type.Integer({ minimum: 0, description: '0 when nothing is left to do.' }),
  skipped: Type.Integer({ minimum: 0, description: 'Commits that could not be read.' }),
  unreachable: Type.Integer({ minimum: 0 }),
  bytes: Type.Integer({ minimum: 0, description: 'What its memory takes on disk.' }),
  state: RepositoryState,
  embedder: Type.Optional(EmbedderStatus),
  progress: Type.Optional(Progress),
  problem: Type.Optional(Type.String()),
})
export type RepositoryStatus = Static<typeof RepositoryStatus>

/** Something that is not as it should be, and the command that mends it. */
export const Problem = Type.Object({
  code: Type.String(),
  repository: Type.Optional(Type.String()),
  message: Type.String(),
  hint: Type.String(),
})
export type Problem = Static<typeof Problem>

/** The daemon as it is. */
export const DaemonStatus = Type.Object({
  id: Type.String(),
  pid: Type.Integer(),
  version: Type.String(),
  protocol: Type.Integer(),
  url: Type.String({ description: 'Empty while nothing listens on TCP.' }),
  socket: Type.String(),
  state: Type.String({ description: 'The state folder.' }),
  startedAt: Type.String(),
  rssBytes: Type.Integer(),
  cpuSeconds: Type.Number(),
  workers: Type.Object({ running: Type.Boolean(), restarts: Type.Integer() }),
})
export type DaemonStatus = Static<typeof DaemonStatus>

/** What the daemon holds, what it costs, what is wrong. */
export const StatusAnswer = Type.Object({
  daemon: DaemonStatus,
  repositories: Type.Array(RepositoryStatus),
  problems: Type.Array(Problem),
})
export type StatusAnswer = Static<typeof StatusAnswer>

/** One thing that the doctor looked at. */
export const Check = Type.Object({
  name: Type.String(),
  ok: Type.Boolean(),
  detail: Type.String(),
  hint: Type.Optional(Type.String()),
  fixed: Type.Optional(Type.String({ description: 'What was done about it.' })),
})
export type Check = Static<typeof Check>

/** What the doctor found. */
export const DoctorAnswer = Type.Object({ healthy: Type.Boolean(), checks: Type.Array(Check) })
export type DoctorAnswer = Static<typeof DoctorAnswer>

/** What is known of a repository in a few numbers, and commands to try on it. */
export const Suggestions = Type.Object({
  summary: Type.Object({
    commits: Type.Integer({ minimum: 0 }),
    authors: Type.Integer({ minimum: 0 }),
    files: Type.Integer({ minimum: 0 }),
    fixes: Type.Integer({ minimum: 0 }),
    reverts: Type.Integer({ minimum: 0 }),
    ties: Type.Integer({ minimum: 0, description: 'Links between commits that messages tell.' }),
    firstYear: Type.Optional(Type.Integer()),
    lastYear: Type.Optional(Type.Integer()),
  }),
  tries: Type.Array(
    Type.Object({
      command: Type.String({ description: 'As typed in a shell, quoted.' }),
      why: Type.String(),
    }),
  ),
})
export type Suggestions = Static<typeof Suggestions>
