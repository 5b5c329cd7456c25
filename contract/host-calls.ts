import Type, { type Static, type TObject, type TSchema } from 'typebox'
import { Oid } from './episode.ts'
import type { PermissionName } from './manifest.ts'
import { UndoneFix } from './undone.ts'

/** Something that a plugin may ask of the daemon while it handles an event. */
export interface HostCallDescription {
  /** What the plugin must have been given; nothing when the answer tells no more than the plugin knows. */
  readonly permission?: PermissionName
  readonly summary: string
  /** The arguments by name, in their order. */
  readonly args: TObject
  readonly reply: TSchema
  /** How often a plugin may ask in a minute. */
  readonly perMinute: number
}

const key = Type.String({ minLength: 1, maxLength: 256 })
const mostBytes = 2 ** 20
const path = Type.String({ minLength: 1, maxLength: 65_536 })
const mostFiles = 1000

const contents = Type.Object({
  text: Type.String({ description: 'Empty when it is binary.' }),
  isBinary: Type.Boolean(),
  truncated: Type.Boolean(),
})
const readOptions = Type.Optional(
  Type.Object({ maxBytes: Type.Optional(Type.Integer({ minimum: 1, maximum: mostBytes })) }),
)

/** Every host call by its name; `ctx.git.readBlob(oid)` is `git.readBlob`. */
export const hostCalls = {
  log: {
    summary: 'Writes a line into the plugin’s log.',
    args: Type.Object({
      level: Type.Union([
        Type.Literal('debug'),
        Type.Literal('info'),
        Type.Literal('warn'),
        Type.Literal('error'),
      ]),
      message: Type.String({ maxLength: 4096 }),
    }),
    reply: Type.Null(),
    perMinute: 600,
  },
  'git.readBlob': {
    permission: 'git:read',
    summary: 'Reads a blob of the repository by its id, at most 1 MiB of it.',
    args: Type.Object({ oid: Oid, options: readOptions }),
    reply: contents,
    perMinute: 6000,
  },
  'files.read': {
    permission: 'file:read',
    summary: 'Reads a file of the worktree, at most 1 MiB of it; null when there is none.',
    args: Type.Object({ path: Type.String({ minLength: 1, maxLength: 4096 }), options: readOptions }),
    reply: Type.Union([contents, Type.Null()]),
    perMinute: 1200,
  },
  'memory.query': {
    permission: 'memory:read',
    summary: 'Asks memory what the command of that name asks; `notes` lists what the plugin wrote.',
    args: Type.Object({
      name: Type.Union([
        Type.Literal('recall'),
        Type.Literal('why'),
        Type.Literal('related'),
        Type.Literal('context'),
        Type.Literal('show'),
        Type.Literal('timeline'),
        Type.Literal('notes'),
      ]),
      input: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
    reply: Type.Unknown(),
    perMinute: 300,
  },
  'memory.undone': {
    permission: 'memory:read',
    summary:
      'Says which remembered fixes added lines that go between `oldOid` and `oid`. Lines that are edited, or move to any of these files, do not count.',
    args: Type.Object({
      files: Type.Array(
        Type.Object({ path, oldPath: Type.Optional(path), oid: Oid, oldOid: Type.Optional(Oid) }),
        { maxItems: mostFiles },
      ),
    }),
    reply: Type.Array(UndoneFix),
    perMinute: 300,
  },
  'memory.write': {
    permission: 'memory:write',
    summary: 'Keeps a note about the repository.',
    args: Type.Object({
      note: Type.Object({
        text: Type.String({ minLength: 1, maxLength: 16_384 }),
        evidence: Type.Optional(Type.Array(Type.String({ maxLength: 256 }), { maxItems: 100 })),
      }),
    }),
    reply: Type.Null(),
    perMinute: 60,
  },
  'http.fetch': {
    permission: 'network:fetch',
    summary: 'Fetches an address of a host that was allowed; never one of this machine or its network.',
    args: Type.Object({
      url: Type.String({ minLength: 1, maxLength: 4096 }),
      init: Type.Optional(
        Type.Object({
          method: Type.Optional(Type.String({ maxLength: 10 })),
          headers: Type.Optional(
            Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 4096 })),
          ),
          body: Type.Optional(Type.String({ maxLength: 262_144 })),
        }),
      ),
    }),
    reply: Type.Object({
      status: Type.Integer(),
      headers: Type.Record(Type.String(), Type.String()),
      body: Type.String(),
      truncated: Type.Boolean(),
    }),
    perMinute: 60,
  },
  'kv.get': {
    permission: 'kv',
    summary: 'Returns what was set; null when nothing was.',
    args: Type.Object({ key }),
    reply: Type.Unknown(),
    perMinute: 3000,
  },
  'kv.set': {
    permission: 'kv',
    summary: 'Keeps a value of at most 64 KiB as JSON; 1 MiB and 1,000 keys altogether.',
    args: Type.Object({ key, value: Type.Unknown() }),
    reply: Type.Null(),
    perMinute: 600,
  },
  'kv.delete': {
    permission: 'kv',
    summary: 'Forgets a value.',
    args: Type.Object({ key }),
    reply: Type.Null(),
    perMinute: 600,
  },
  'kv.list': {
    permission: 'kv',
    summary: 'Lists the keys that begin so.',
    args: Type.Object({ prefix: Type.Optional(Type.String({ maxLength: 256 })) }),
    reply: Type.Array(Type.String()),
    perMinute: 600,
  },
  'secrets.find': {
    summary: 'Says where secrets stand in a text, and of which kind.',
    args: Type.Object({
      text: Type.String({ maxLength: mostBytes }),
      fileName: Type.Optional(Type.String({ maxLength: 4096 })),
    }),
    reply: Type.Array(
      Type.Object({ from: Type.Integer(), to: Type.Integer(), kind: Type.String(), line: Type.Integer() }),
    ),
    perMinute: 6000,
  },
  'secrets.findInBlobs': {
    permission: 'git:read',
    summary:
      'Says which secrets blobs bring in that `oldOid`, the blob before, had not; their text stays in the daemon. Binary blobs and those above `maxBytes` (1 MiB) are passed over; fails where one cannot be read.',
    args: Type.Object({
      files: Type.Array(Type.Object({ path, oid: Oid, oldOid: Type.Optional(Oid) }), { maxItems: mostFiles }),
      options: Type.Optional(
        Type.Object({ maxBytes: Type.Optional(Type.Integer({ minimum: 1, maximum: 4 * mostBytes })) }),
      ),
    }),
    reply: Type.Array(
      Type.Object({
        path: Type.String(),
        kind: Type.String(),
        line: Type.Integer(),
        isPlaceholder: Type.Boolean({ description: 'Whether it looks like an example.' }),
      }),
    ),
    perMinute: 300,
  },
} as const satisfies Record<string, HostCallDescription>

/** The name of a host call. */
export type HostCallName = keyof typeof hostCalls

/** The arguments of a host call by name. */
export type ArgumentsOf<S extends TObject> = Static<S>

/** Says whether a plugin may ask this at all. */
export function isHostCall(name: string): name is HostCallName {
  return Object.hasOwn(hostCalls, name)
}
