/** One plugin as its process gets to know it: everything in it is text. */
export interface PluginSource {
  readonly id: string
  readonly files: Readonly<Record<string, string>>
  /** The file of each hook's handler. */
  readonly entries: Readonly<Record<string, string>>
  readonly memoryMb: number
  /** JSON. */
  readonly config: string
}

/** What the daemon tells the process of a trust group. */
export type Order =
  | { readonly kind: 'load'; readonly plugin: PluginSource }
  | { readonly kind: 'unload'; readonly plugin: string }
  | { readonly kind: 'call'; readonly id: number; readonly plugin: string; readonly call: CallText }
  | { readonly kind: 'reply'; readonly id: number; readonly plugin: string; readonly reply: Reply }
  /** Forget the call; a report says when that is done, which is never while its code runs. */
  | { readonly kind: 'drop'; readonly id: number; readonly plugin: string }

/** What a handler is told about one call. */
export interface CallText {
  readonly handler: string
  readonly hook: string
  /** JSON. */
  readonly event: string
  readonly time: number
  readonly seed: number
}

/** The daemon's answer to one host call; `text` is JSON, or why there is none. */
export interface Reply {
  readonly number: number
  readonly isAnswered: boolean
  readonly text: string
}

/** Why a call has no result, as far as its own process can tell. */
export type HostedFailure = 'timeout' | 'memory' | 'threw' | 'invalid' | 'too-large'

/** What the process tells the daemon, which believes none of it further than its shape. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unavailable'; readonly reason: string }
  | { readonly kind: 'loaded'; readonly plugin: string }
  | { readonly kind: 'refused'; readonly plugin: string; readonly reason: string }
  | { readonly kind: 'done'; readonly id: number; readonly result: string; readonly cpuMs: number }
  | Failed
  | Asked
  | { readonly kind: 'dropped'; readonly id: number }
  | { readonly kind: 'pulse'; readonly id: number; readonly cpuMs: number; readonly rssBytes: number }

/** A call that ended without a result. */
export interface Failed {
  readonly kind: 'failed'
  readonly id: number
  readonly status: HostedFailure
  readonly message: string
  readonly cpuMs: number
}

/** A host call that a handler made. */
export interface Asked {
  readonly kind: 'host'
  readonly id: number
  readonly number: number
  readonly name: string
  /** JSON. */
  readonly args: string
}

/** Names the channel between daemon and process among the process's open files. */
export const channelNumber = 3
