import Type from 'typebox'
import { RepositoryName } from './answers.ts'
import { Permission } from './manifest.ts'
import { PluginMode } from './plugin.ts'
import {
  Capabilities,
  PluginLogEntry,
  PluginRequest,
  PluginStatus,
  ReplayReport,
  TrialReport,
} from './plugin-answers.ts'
import { nextField, pageFields } from './page.ts'
import { route } from './route.ts'

const plugin = Type.String({ minLength: 1, maxLength: 64, description: 'The id of a plugin.' })
const repository = Type.Optional(RepositoryName)
const place = { plugin, repository }
const path = Type.String({ minLength: 1, maxLength: 4096, description: 'The folder of a plugin. Absolute.' })

const plain = Type.Union([Type.String({ maxLength: 4096 }), Type.Number(), Type.Boolean()])
const name = Type.String({ maxLength: 100 })
const plains = Type.Array(plain, { maxItems: 1000 })
const config = Type.Optional(
  Type.Record(name, Type.Union([plain, plains]), {
    description: 'The plugin’s settings: texts, numbers, booleans, or lists of them.',
  }),
)
const more = Type.Optional(
  Type.Record(name, plains, {
    description: 'What is added to settings that are lists, where it is not in them.',
  }),
)

/** The routes about plugins. */
export const pluginRoutes = {
  plugins: route({
    method: 'GET',
    path: '/v1/plugins',
    summary: 'List the plugins that are there, and what each may do.',
    role: 'reader',
    cost: 'cheap',
    input: Type.Object({ repository, ...pageFields }),
    reply: Type.Object({ items: Type.Array(PluginStatus), capabilities: Capabilities, ...nextField }),
  }),
  plugin: route({
    method: 'GET',
    path: '/v1/plugins/:plugin',
    summary: 'Show what a plugin asks for, and how that differs from what was approved.',
    role: 'reader',
    cost: 'cheap',
    input: Type.Object(place),
    reply: PluginRequest,
  }),
  addPlugin: route({
    method: 'POST',
    path: '/v1/plugins',
    summary: 'Copy a plugin into your own folder of plugins. It does not run before it is approved.',
    role: 'approver',
    cost: 'cheap',
    input: Type.Object({ path }),
    reply: PluginRequest,
  }),
  approvePlugin: route({
    method: 'POST',
    path: '/v1/plugins/:plugin/approve',
    summary: 'Allow a plugin to run with what it asks for, as long as no byte of it changes.',
    role: 'approver',
    cost: 'cheap',
    input: Type.Object({
      ...place,
      hash: Type.String({
        minLength: 12,
        maxLength: 64,
        description: 'Of what was looked at; its first 12 digits do.',
      }),
      scopes: Type.Optional(
        Type.Array(Permission, {
          maxItems: 20,
          description: 'In place of what the plugin asks for by the same name.',
        }),
      ),
    }),
    reply: PluginRequest,
  }),
  enablePlugin: route({
    method: 'POST',
    path: '/v1/plugins/:plugin/enable',
    summary: 'Let a plugin run, say whether its gates count, and set its settings.',
    role: 'approver',
    cost: 'cheap',
    input: Type.Object({
      ...place,
      here: Type.Optional(Type.Boolean({ description: 'In this repository only.' })),
      mode: Type.Optional(PluginMode),
      anyway: Type.Optional(
        Type.Boolean({ description: 'Though nobody knows how often it blocks falsely.' }),
      ),
      config,
      more,
    }),
    reply: PluginStatus,
  }),
  disablePlugin: route({
    method: 'POST',
    path: '/v1/plugins/:plugin/disable',
    summary: 'Keep a plugin from running; its approval stays.',
    role: 'approver',
    cost: 'cheap',
    input: Type.Object({ ...place, here: Type.Optional(Type.Boolean()) }),
    reply: PluginStatus,
  }),
  removePlugin: route({
    method: 'DELETE',
    path: '/v1/plugins/:plugin',
    summary: 'Forget a plugin’s approval and what it has kept; one in your own folder is deleted.',
    role: 'approver',
    cost: 'cheap',
    input: Type.Object(place),
    reply: Type.Object({ id: Type.String(), isDeleted: Type.Boolean() }),
  }),
  testPlugin: route({
    method: 'POST',
    path: '/v1/plugins/test',
    summary: 'Run a plugin in the sandbox over its own events, recorded ones and the last commits.',
    role: 'approver',
    cost: 'heavy',
    task: { when: 'history', tries: 1, priority: 5 },
    input: Type.Object({
      path,
      repository,
      history: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
      config,
    }),
    reply: TrialReport,
  }),
  replayPlugin: route({
    method: 'POST',
    path: '/v1/plugins/replay',
    summary: 'Run a recorded call again and compare the result byte for byte.',
    role: 'approver',
    cost: 'heavy',
    input: Type.Object({ call: Type.String({ minLength: 1, maxLength: 100 }) }),
    reply: ReplayReport,
  }),
  pluginLogs: route({
    method: 'GET',
    path: '/v1/plugins/:plugin/logs',
    summary: 'List what a plugin did and said, newest first.',
    role: 'reader',
    cost: 'cheap',
    input: Type.Object({ ...place, limit: pageFields.limit }),
    reply: Type.Object({ items: Type.Array(PluginLogEntry) }),
  }),
  scaffoldPlugin: route({
    method: 'GET',
    path: '/v1/plugin-files/:id',
    summary: 'Return the files of a new plugin.',
    role: 'reader',
    cost: 'cheap',
    input: Type.Object({
      id: Type.String({ minLength: 2, maxLength: 64 }),
      hook: Type.Optional(Type.String({ maxLength: 100, description: '`pre-commit` when absent.' })),
    }),
    reply: Type.Object({ files: Type.Record(Type.String(), Type.String()) }),
  }),
} as const
