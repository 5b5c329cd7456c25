import type { ErrorCode } from '../contract/errors.ts'
import type { Config } from '../contract/config.ts'
import type { EvaluationNews, EvaluationOrder } from '../contract/evaluation.ts'
import { isOfKind } from './of-kind.ts'

/** What the evaluator's process is told, once. */
export interface Assignment {
  readonly kind: 'evaluate'
  readonly id: string
  readonly path: string
  readonly order: EvaluationOrder
  readonly config: Config
  readonly scratch: string
  readonly folder: string
  readonly workersEntry: string
  readonly trainerEntry: string
}

/** What the evaluator's process says. */
export type Notice =
  | { readonly kind: 'news'; readonly news: EvaluationNews }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }

/** Says whether a message is the assignment. Both ends are the same version of aios: its kind says the rest. */
export function isAssignment(message: unknown): message is Assignment {
  return isOfKind(message, ['evaluate'])
}

/** Says whether a message is from the evaluator's process. */
export function isNotice(message: unknown): message is Notice {
  return isOfKind(message, ['news', 'failed'])
}
