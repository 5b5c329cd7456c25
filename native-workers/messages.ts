import type { Digested, Texts } from './digest.ts'
import type { EncodeSettings } from './learned-encode.ts'

/** What the daemon sends to the workers' process: texts to digest. */
export interface Order {
  readonly id: number
  readonly texts: Texts
  readonly settings: EncodeSettings
  /** Of the request that it is done for, if there is one. */
  readonly traceId?: string
}

/** What the workers' process sends back. */
export type Report =
  | { readonly kind: 'done'; readonly id: number; readonly digested: Digested }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string }
  | { readonly kind: 'memory'; readonly rssBytes: number }

/** Says whether a message is an order. Both ends are the same version of aios: its kind says the rest. */
export function isOrder(message: unknown): message is Order {
  return typeof message === 'object' && message !== null && 'id' in message && 'texts' in message
}

/** Says whether a message is a report. */
export function isReport(message: unknown): message is Report {
  return typeof message === 'object' && message !== null && 'kind' in message
}
