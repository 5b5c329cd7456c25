import Type, { type Static } from 'typebox'
import { Permission } from './manifest.ts'
import { Approval, PluginMode, PluginOrigin } from './plugin.ts'

const count = Type.Integer({ minimum: 0 })

/** What a gate has refused, or would have. */
export const FalseBlocks = Type.Object({
  calls: count,
  denials: count,
  falseBlocks: Type.Integer({ minimum: 0, description: 'Denials of what was accepted and not taken back.' }),
  rate: Type.Number({ minimum: 0, maximum: 1 }),
  interval: Type.Array(Type.Number(), {
    minItems: 2,
    maxItems: 2,
    description: '95 % of the time it is in here.',
  }),
})
export type FalseBlocks = Static<typeof FalseBlocks>

/** How one plugin stands. */
export const PluginStatus = Type.Object({
  id: Type.String(),
  name: Type.String(),
  version: Type.String(),
  description: Type.String(),
  origin: PluginOrigin,
  repository: Type.Optional(Type.String({ description: 'Of a plugin that a repository asks for.' })),
  path: Type.String(),
  hash: Type.String({ description: 'SHA-256 of all names and bytes.' }),
  state: Type.Union([
    Type.Literal('active'),
    Type.Literal('disabled'),
    Type.Literal('unapproved'),
    Type.Literal('changed'),
    Type.Literal('paused'),
    Type.Literal('broken'),
  ]),
  problem: Type.Optional(Type.String()),
  mode: PluginMode,
  isDecidedHere: Type.Optional(
    Type.Boolean({
      description: 'Whether this repository has a decision of its own, which those for all leave alone.',
    }),
  ),
  hooks: Type.Array(Type.String()),
  requested: Type.Array(Permission),
  granted: Type.Array(Permission),
  shadow: Type.Optional({
    ...FalseBlocks,
    description: 'Of a gate in shadow mode. What it would have refused went on, and counts as a false block.',
  }),
})
export type PluginStatus = Static<typeof PluginStatus>

/** What is asked of whoever approves a plugin. */
export const PluginRequest = Type.Object({
  plugin: PluginStatus,
  approval: Type.Optional(Approval),
  difference: Type.Object({
    added: Type.Array(Type.String()),
    removed: Type.Array(Type.String()),
    kept: Type.Array(Type.String()),
  }),
  missing: Type.Array(
    Type.String({ description: 'A permission that needs a scope before it can be given.' }),
  ),
})
export type PluginRequest = Static<typeof PluginRequest>

/** What a plugin did with one event. */
export const TrialRun = Type.Object({
  source: Type.String({
    description: 'The file of the event, the id of the call, or the oid of the commit.',
  }),
  hook: Type.String(),
  status: Type.String(),
  decision: Type.String(),
  message: Type.String(),
  findings: Type.Array(Type.String()),
  isExpected: Type.Optional(Type.Boolean({ description: 'Whether it is what the event’s file expects.' })),
  wallMs: Type.Number(),
})
export type TrialRun = Static<typeof TrialRun>

/** What came of running a plugin over recorded events and over history. */
export const TrialReport = Type.Object({
  plugin: PluginStatus,
  isPassed: Type.Boolean(),
  events: Type.Array(TrialRun),
  history: Type.Object({ ...FalseBlocks.properties, failures: count, denied: Type.Array(TrialRun) }),
})
export type TrialReport = Static<typeof TrialReport>

/** What came of running a recorded call again. */
export const ReplayReport = Type.Object({
  id: Type.String(),
  plugin: Type.String(),
  hook: Type.String(),
  isSameVersion: Type.Boolean(),
  isSame: Type.Boolean({ description: 'Whether the result is the same, byte for byte.' }),
  before: Type.String(),
  after: Type.String(),
})
export type ReplayReport = Static<typeof ReplayReport>

/** Something that a plugin did or said. */
export const PluginLogEntry = Type.Object({
  kind: Type.Union([Type.Literal('call'), Type.Literal('line'), Type.Literal('note')]),
  time: Type.String({ description: 'ISO 8601.' }),
  plugin: Type.String(),
  repository: Type.String(),
  id: Type.Optional(Type.String({ description: 'Of a call: what `aios plugin replay` takes.' })),
  text: Type.String(),
})
export type PluginLogEntry = Static<typeof PluginLogEntry>

/** Which plugins handle which hooks, and which may do what. */
export const Capabilities = Type.Object({
  hooks: Type.Array(Type.Object({ hook: Type.String(), plugins: Type.Array(Type.String()) })),
  permissions: Type.Array(Type.Object({ permission: Type.String(), plugins: Type.Array(Type.String()) })),
})
export type Capabilities = Static<typeof Capabilities>
