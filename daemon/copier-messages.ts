import type { ErrorCode } from '../contract/errors.ts'
import type { WeightsPlace } from '../native-workers/load-weights.ts'
import { isOfKind } from './of-kind.ts'
import type { CopyOrder } from './store/copy-passages.ts'

/** What the copier's process is told, once. */
export interface CopyAssignment {
  readonly kind: 'copy'
  readonly order: CopyOrder
  /** What the vectors are made with. */
  readonly weights: WeightsPlace
}

/** How it ended. */
export type CopyOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }

/** Says whether a message is the assignment. Both ends are the same version of aios: its kind says the rest. */
export function isCopyAssignment(message: unknown): message is CopyAssignment {
  return isOfKind(message, ['copy'])
}

/** Says whether a message is from the copier's process. */
export function isCopyOutcome(message: unknown): message is CopyOutcome {
  return isOfKind(message, ['done', 'failed'])
}
