import type { TrainSettings } from './train.ts'

/** What the trainer's process is asked to do, one after the other. */
export type Assignment =
  | { readonly kind: 'messages'; readonly oids: readonly string[]; readonly messages: readonly string[] }
  | {
      readonly kind: 'passages'
      readonly oids: readonly string[]
      readonly ordinals: Uint32Array
      readonly terms: readonly string[]
    }
  /** Trains, going on where a training of the same lessons was cut short; files are kept in the folder. */
  | { readonly kind: 'train'; readonly settings: TaughtSettings; readonly folder: string }

/** What it answers: a training to `train`, and nothing to what only hands over. */
export type Result = Trained | undefined

/** What to train, and what it takes. */
export interface TaughtSettings extends TrainSettings {
  /** Commits with different subjects and with text that changed: fewer are not learned from. */
  readonly trainFrom: number
}

/** What became of a training: its weights lie in the folder, under their hash. */
export interface Trained {
  /** Undefined when there was too little to learn from. */
  readonly hash: string | undefined
  /** Commits that were learned from. */
  readonly commits: number
  /** How many of the rounds were done before, by a training that was cut short. */
  readonly resumed: number
}

/** Something that the trainer's process says. */
export type Notice =
  | { readonly kind: 'done'; readonly id: number; readonly result: Result }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string }
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'memory'; readonly rssBytes: number }

/** Says whether a message is from the trainer's process. Both ends are the same version of aios: its kind says the rest. */
export function isNotice(message: unknown): message is Notice {
  return typeof message === 'object' && message !== null && 'kind' in message
}

/** Says whether a message is something to do. */
export function isAssignment(
  message: unknown,
): message is { readonly id: number; readonly work: Assignment } {
  return typeof message === 'object' && message !== null && 'id' in message && 'work' in message
}
