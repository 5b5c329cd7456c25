import type {
  Approval,
  PluginCall,
  PluginLine,
  PluginNote,
  PluginSetting,
  PluginTrial,
} from '../contract/plugin.ts'
import type { HookName } from '../contract/hooks.ts'
import type { UndoneFix } from '../contract/undone.ts'
import type { LineChanges } from '../daemon/git/line-changes.ts'
import type { BlobPair } from '../daemon/git/patch-changes.ts'
import type { FetchParts } from './fetch.ts'

/** What plugins need of the daemon. The root fills it. */
export interface PluginPort extends FetchParts {
  /** Returns the id of the repository of that name; undefined when there is none. */
  repositoryOf(name: string): Promise<string | undefined>
  /** Returns the worktree of a repository, or the linked one that is named; undefined where there is none. */
  worktreeOf(repository: string, root: string | undefined): Promise<string | undefined>
  readBlob(
    repository: string,
    oid: string,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<{ readonly content: Buffer; readonly truncated: boolean }>
  /** Returns blobs whole; undefined stands for what is larger, is no blob, or is not there. */
  readBlobs(
    repository: string,
    oids: readonly string[],
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<readonly (Buffer | undefined)[]>
  /** Returns which of those that `readBlobs` left out it should have read: git did not find them, or has ended. */
  lostBlobs(
    repository: string,
    oids: readonly string[],
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<readonly string[]>
  /** Returns how blobs differ from those before; undefined for what has to be found out by reading them. */
  changesOf(repository: string, pairs: readonly BlobPair[]): Promise<readonly (LineChanges | undefined)[]>
  /** Returns the remembered fixes of which a change takes lines away. */
  undone(
    repository: string,
    files: readonly {
      readonly path: string
      readonly oldPath?: string
      readonly oid: string
      readonly oldOid?: string
    }[],
    signal: AbortSignal,
  ): Promise<readonly UndoneFix[]>
  /** Answers what the route of that name answers. */
  query(
    repository: string,
    name: string,
    input: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<unknown>
  findSecrets(
    text: string,
    fileName: string | undefined,
    signal: AbortSignal,
  ): Promise<readonly { readonly from: number; readonly to: number; readonly kind: string }[]>
  /** Streams what a hook would have been given for the last commits, newest first. */
  history(repository: string, hook: HookName, count: number, signal: AbortSignal): AsyncIterable<PastEvent>
  /** Folders that no plugin reads. */
  readonly closedFolders: readonly string[]
}

/** An event that a hook would have had. */
export interface PastEvent {
  readonly oid: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly data: unknown
  /** Whether the commit was taken back later. */
  readonly wasReverted: boolean
}

/** What is kept of plugins: approvals, settings, what they did, and what they keep themselves. */
export interface PluginRecords {
  approvals(): Approval[]
  approve(approval: Approval): void
  settings(): PluginSetting[]
  set(setting: PluginSetting): void
  /** Forgets a plugin’s approvals, settings and values in a repository; empty means everywhere. */
  forgetPlugin(plugin: string, repository: string): void

  /** Keeps calls and lines; the oldest are forgotten. */
  keep(calls: readonly PluginCall[], lines: readonly PluginLine[]): void
  call(id: string): PluginCall | undefined
  /** Returns the newest calls of a plugin first; whole ones only, when asked so. */
  calls(plugin: string, limit: number): PluginCall[]
  /** Returns the newest calls of a hook, whoever was called: what else may be run over them. */
  callsOfHook(hook: string, limit: number): PluginCall[]
  lines(plugin: string, limit: number): PluginLine[]
  addNote(note: PluginNote): void
  notes(plugin: string, repository: string | undefined, limit: number): PluginNote[]
  /** Returns how often a plugin of these bytes was asked in shadow mode, and how often it would have refused. */
  shadowCounts(plugin: string, hash: string): { readonly calls: number; readonly denials: number }
  addTrial(trial: PluginTrial): void
  trial(plugin: string, hash: string): PluginTrial | undefined

  value(plugin: string, repository: string, key: string): string | undefined
  /** Returns how many keys and bytes are kept besides this key. */
  room(plugin: string, repository: string, key: string): { readonly keys: number; readonly bytes: number }
  setValue(plugin: string, repository: string, key: string, value: string): void
  deleteValue(plugin: string, repository: string, key: string): void
  keys(plugin: string, repository: string, prefix: string): string[]
}
