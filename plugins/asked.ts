import type { Permission } from '../contract/manifest.ts'
import type { PluginMode } from '../contract/plugin.ts'

/** Which plugin is meant, and in which repository. */
export interface PluginName {
  readonly plugin: string
  /** The id of a repository. */
  readonly repository?: string | undefined
}

/** What is approved: the bytes of the hash, with these scopes. */
export interface ApproveOptions extends PluginName {
  readonly hash: string
  readonly scopes?: readonly Permission[] | undefined
}

/** What is decided about a plugin that runs. */
export interface EnableOptions {
  readonly here?: boolean | undefined
  readonly mode?: PluginMode | undefined
  readonly anyway?: boolean | undefined
  readonly config?: Readonly<Record<string, unknown>> | undefined
  /** What is added to settings that are lists. */
  readonly more?: Readonly<Record<string, readonly unknown[]>> | undefined
}

/** What is tried out. */
export interface TrialOptions {
  readonly path: string
  readonly repository?: string | undefined
  readonly history?: number | undefined
  readonly config?: Readonly<Record<string, unknown>> | undefined
}
