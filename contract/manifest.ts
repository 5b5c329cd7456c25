import Type, { type Static } from 'typebox'
import { globPattern } from './limits.ts'

const strict = { additionalProperties: false } as const

/** The name of a permission. */
const PermissionName = Type.Union(
  [
    Type.Literal('memory:read'),
    Type.Literal('memory:write'),
    Type.Literal('git:read'),
    Type.Literal('file:read'),
    Type.Literal('network:fetch'),
    Type.Literal('kv'),
  ],
  { description: 'What is asked for.' },
)
export type PermissionName = Static<typeof PermissionName>

const glob = Type.String({ minLength: 1, maxLength: 256, pattern: globPattern })
const globs = Type.Array(glob, { minItems: 1, maxItems: 50 })
const reason = Type.Optional(Type.String({ maxLength: 500, description: 'Shown to whoever approves.' }))

/** A permission, with what it is limited to and why it is asked for. */
export const Permission = Type.Object(
  {
    name: PermissionName,
    paths: Type.Optional(
      Type.Array(glob, { minItems: 1, maxItems: 50, description: 'Of `file:read`: globs of the worktree.' }),
    ),
    hosts: Type.Optional(
      Type.Array(
        Type.String({ minLength: 1, maxLength: 253, pattern: '^(?:\\*\\.)?[A-Za-z0-9.-]+(?::[0-9]{1,5})?$' }),
        {
          minItems: 1,
          maxItems: 50,
          description: 'Of `network:fetch`: names of hosts; `*.` before a name stands for all below it.',
        },
      ),
    ),
    methods: Type.Optional(
      Type.Array(
        Type.Union([
          Type.Literal('GET'),
          Type.Literal('HEAD'),
          Type.Literal('POST'),
          Type.Literal('PUT'),
          Type.Literal('PATCH'),
          Type.Literal('DELETE'),
        ]),
        { minItems: 1, maxItems: 6, description: 'Of `network:fetch`; GET and HEAD when absent.' },
      ),
    ),
    reason,
  },
  strict,
)
export type Permission = Static<typeof Permission>

const handlerFile = Type.String({
  minLength: 1,
  maxLength: 256,
  description: 'A JavaScript file of the plugin: `export default async (ctx) => …`.',
})

/** How one hook is handled. */
export const Handler = Type.Object(
  {
    handler: Type.Optional(handlerFile),
    priority: Type.Optional(
      Type.Integer({ minimum: -1000, maximum: 1000, default: 0, description: 'Higher is asked first.' }),
    ),
    once: Type.Optional(Type.Boolean({ default: false, description: 'Asked only once.' })),
    filter: Type.Optional(
      Type.Object(
        { paths: Type.Optional(globs), branches: Type.Optional(globs), authors: Type.Optional(globs) },
        { ...strict, description: 'Asked only about what fits these globs.' },
      ),
    ),
    timeoutMs: Type.Optional(
      Type.Integer({ minimum: 10, maximum: 60_000, description: 'How long an answer may take.' }),
    ),
  },
  strict,
)
export type Handler = Static<typeof Handler>

/** What a plugin says of itself, in `plugin.json` or `plugin.yaml`. */
export const Manifest = Type.Object(
  {
    $schema: Type.Optional(Type.String({ maxLength: 500 })),
    id: Type.String({
      minLength: 2,
      maxLength: 64,
      pattern: '^[a-z0-9]+(?:[.-][a-z0-9]+)*$',
      description: 'Lower case letters and digits, with `-` or `.` between them.',
    }),
    name: Type.String({ minLength: 1, maxLength: 100 }),
    version: Type.String({ minLength: 5, maxLength: 64, description: 'As in `1.2.3`.' }),
    author: Type.Optional(Type.String({ maxLength: 200 })),
    description: Type.Optional(Type.String({ maxLength: 500 })),
    main: Type.Optional(handlerFile),
    engines: Type.Optional(
      Type.Object(
        { aios: Type.Optional(Type.String({ maxLength: 100, description: 'A range of versions.' })) },
        strict,
      ),
    ),
    hooks: Type.Record(Type.String({ maxLength: 100 }), Type.Union([handlerFile, Handler]), {
      minProperties: 1,
      maxProperties: 50,
      description: 'The file that handles each hook; a handler that names none is `main`.',
    }),
    permissions: Type.Optional(
      Type.Array(Type.Union([PermissionName, Permission]), {
        maxItems: 20,
        description: 'What the plugin asks for; without it, it sees its event only.',
      }),
    ),
    dependencies: Type.Optional(
      Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 100 }), {
        maxProperties: 50,
        description: 'The plugins that must be there first, each with a range of versions.',
      }),
    ),
    config: Type.Optional(
      Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), {
        description:
          'JSON Schema of the plugin’s settings: an object whose properties are texts, numbers, booleans or lists of them.',
      }),
    ),
    limits: Type.Optional(
      Type.Object(
        {
          memoryMb: Type.Optional(Type.Integer({ minimum: 8, maximum: 256, default: 64 })),
          cpuMsPerHour: Type.Optional(
            Type.Integer({
              minimum: 100,
              maximum: 3_600_000,
              default: 60_000,
              description: 'Processor time.',
            }),
          ),
        },
        strict,
      ),
    ),
  },
  { ...strict, title: 'plugin.json', description: 'What a plugin of aios says of itself.' },
)
export type Manifest = Static<typeof Manifest>
