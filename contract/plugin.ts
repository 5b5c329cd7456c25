import Type, { type Static } from 'typebox'
import { Permission } from './manifest.ts'

/** Where a plugin comes from: shipped with aios, added by its user, or asked for by a repository. */
export const PluginOrigin = Type.Union([
  Type.Literal('bundled'),
  Type.Literal('user'),
  Type.Literal('repository'),
])
export type PluginOrigin = Static<typeof PluginOrigin>

/** Whether what a gate says counts, or is only told. */
export const PluginMode = Type.Union([Type.Literal('enforce'), Type.Literal('shadow')])
export type PluginMode = Static<typeof PluginMode>

/** What a plugin was allowed, and the bytes that it was allowed for. */
export const Approval = Type.Object({
  /** Empty for all repositories. */
  repository: Type.String(),
  plugin: Type.String(),
  hash: Type.String(),
  version: Type.String(),
  permissions: Type.Array(Permission),
  /** Milliseconds since the epoch. */
  at: Type.Integer(),
})
export type Approval = Static<typeof Approval>

/** What was decided about a plugin in a repository, or in all of them. */
export interface PluginSetting {
  /** Empty for all repositories. */
  readonly repository: string
  readonly plugin: string
  readonly isEnabled: boolean
  /** Undefined: gates are in shadow mode. */
  readonly mode?: PluginMode
  /** JSON. */
  readonly config: string
}

/** One answer that the daemon gave to a plugin. */
export interface HostCall {
  readonly name: string
  /** JSON. */
  readonly args: string
  readonly isAnswered: boolean
  /** JSON, or why there was no answer. */
  readonly text: string
}

/** One call of a plugin: everything that decided its outcome, and the outcome. */
export interface PluginCall {
  readonly id: string
  readonly plugin: string
  readonly hash: string
  readonly repository: string
  readonly hook: string
  readonly handler: string
  readonly mode: PluginMode
  /** Milliseconds since the epoch; what the handler’s clock showed. */
  readonly time: number
  readonly seed: number
  /** JSON. */
  readonly event: string
  /** JSON. */
  readonly config: string
  readonly hostCalls: readonly HostCall[]
  /** False when something of it was too large to be kept. */
  readonly isWhole: boolean
  readonly status: string
  /** JSON. */
  readonly result: string
  readonly message: string
  readonly decision: string
  readonly cpuMs: number
  readonly wallMs: number
}

/** A line that a plugin wrote. */
export interface PluginLine {
  readonly plugin: string
  readonly repository: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly level: string
  readonly message: string
}

/** Something that a plugin wants remembered of a repository. */
export interface PluginNote {
  readonly plugin: string
  readonly repository: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly text: string
  readonly evidence: readonly string[]
}

/** How often a plugin was run over history, and what it would have refused. */
export interface PluginTrial {
  readonly plugin: string
  readonly hash: string
  readonly repository: string
  readonly calls: number
  readonly denials: number
  /** Denials of commits that nobody took back. */
  readonly falseBlocks: number
  /** Milliseconds since the epoch. */
  readonly at: number
}
