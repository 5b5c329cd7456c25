import Type, { type Static } from 'typebox'
import { Oid } from './episode.ts'

const repository = Type.String({ description: 'The repository id.' })
const listener = Type.String({ description: 'The id of the listener.' })
const times = Type.Integer({ minimum: 1, description: 'How often since it was told last.' })
const count = Type.Integer({ minimum: 0 })

const tries = Type.Integer({ minimum: 0, description: 'How often the task was begun.' })
const code = Type.String({ description: 'The code of the problem.' })
const task = {
  task: Type.String({ description: 'The id of the task.' }),
  kind: Type.String({ description: 'The name of the route whose work it does.' }),
  repository: Type.Optional(repository),
}

/** Every fact that is published, by its name. Facts are in the past tense and carry no secrets. */
export const eventTypes = {
  'daemon.started': Type.Object({ version: Type.String(), pid: count }),
  'daemon.stopping': Type.Object({ reason: Type.String() }),
  'repository.registered': Type.Object({ repository, path: Type.String() }),
  'repository.forgotten': Type.Object({ repository, path: Type.String() }),
  'repository.missing': Type.Object({ repository, path: Type.String() }),
  'repository.returned': Type.Object({ repository, path: Type.String() }),
  'ingestion.started': Type.Object({ repository, commits: count }),
  'ingestion.searchable': Type.Object({ repository, commits: count, ms: Type.Number() }),
  'ingestion.finished': Type.Object({ repository, commits: count, skipped: count, ms: Type.Number() }),
  'ingestion.failed': Type.Object({ repository, code: Type.String(), message: Type.String() }),
  'memory.remembered': Type.Object({ repository, commits: count, newest: Oid }),
  'memory.skipped': Type.Object({ repository, oid: Oid, reason: Type.String() }),
  'memory.rewritten': Type.Object({ repository, from: Oid, to: Oid, evidence: Type.String() }),
  'memory.unreachable': Type.Object({ repository, commits: count }),
  'embedder.trained': Type.Object({ repository, embedder: Type.String(), commits: count, ms: Type.Number() }),
  'embedder.switched': Type.Object({ repository, from: Type.String(), to: Type.String() }),
  'embedder.failed': Type.Object({ repository, reason: Type.String() }),
  'store.compacted': Type.Object({ repository, ms: Type.Number() }),
  'store.healed': Type.Object({ repository, detail: Type.String() }),
  'hook.denied': Type.Object({
    repository: Type.Optional(repository),
    hook: Type.String(),
    listener,
    call: Type.String({ description: 'The same for everything that one run of the hook led to.' }),
    findings: count,
    times,
  }),
  'hook.failed': Type.Object({
    repository: Type.Optional(repository),
    hook: Type.String(),
    listener,
    call: Type.String(),
    status: Type.String({ description: '`timeout`, `failed`, `invalid` or `refused`.' }),
    ms: Type.Number({ minimum: 0 }),
    times,
  }),
  'note.kept': Type.Object({ repository, note: count, by: Type.String() }),
  'note.forgotten': Type.Object({ repository, note: count }),
  'feedback.given': Type.Object({
    repository,
    helped: Type.Boolean(),
    tool: Type.Optional(Type.String()),
    question: Type.Optional(Type.String()),
    commits: Type.Optional(Type.Array(Type.String())),
    comment: Type.Optional(Type.String()),
  }),
  'workers.restarted': Type.Object({ reason: Type.String() }),
  'task.queued': Type.Object(task),
  'task.started': Type.Object({ ...task, tries }),
  'task.retrying': Type.Object({ ...task, tries, code }),
  'task.completed': Type.Object({ ...task, tries }),
  'task.failed': Type.Object({ ...task, tries, code }),
  'task.cancelled': Type.Object(task),
  'task.dead': Type.Object({ ...task, tries, code }),
} as const

/** The name of a fact. */
export type EventType = keyof typeof eventTypes

/** What a fact carries. */
export type EventData<T extends EventType = EventType> = Static<(typeof eventTypes)[T]>

/** A fact before it has a number. */
export type Fact = { [T in EventType]: { readonly type: T; readonly data: EventData<T> } }[EventType]

/** A fact as it is kept and sent: numbered without gaps from 1. */
export const EventEnvelope = Type.Object({
  seq: Type.Integer({ minimum: 1 }),
  id: Type.String(),
  type: Type.String(),
  repository: Type.Optional(Type.String()),
  time: Type.String(),
  traceId: Type.Optional(Type.String({ description: 'Of the request that it came of, if it came of one.' })),
  data: Type.Unknown(),
})
export type EventEnvelope = Static<typeof EventEnvelope>

/** How far an ingestion is. Sent while it runs, never kept. */
export const Progress = Type.Object({
  phase: Type.Union([
    Type.Literal('messages'),
    Type.Literal('changes'),
    Type.Literal('indexing'),
    Type.Literal('idle'),
  ]),
  done: count,
  total: count,
  ratePerSecond: Type.Number({ minimum: 0 }),
  secondsLeft: Type.Optional(Type.Number({ minimum: 0 })),
})
export type Progress = Static<typeof Progress>
