import { AiosError, errorKinds, type ErrorCode } from '../../contract/errors.ts'
import type { ProblemDocument } from '../../contract/service.ts'

/** Returns the expected failure that the error is; undefined for a bug. */
export function foreseen(error: unknown): AiosError | undefined {
  if (error instanceof AiosError) return error
  if (!isFromFastify(error)) return undefined
  if (error.statusCode === 413)
    return new AiosError('request.too-large', 'The request is larger than the daemon reads.')
  if (error.statusCode === 415)
    return new AiosError('request.wrong-type', 'The body is of a type that is not read here.')
  if (error.statusCode >= 400 && error.statusCode < 500) {
    return new AiosError('request.invalid', `The request could not be read: ${error.message}`)
  }
  return undefined
}

/** Returns the error as it travels. A bug keeps its secrets: the log has them, under the same trace id. */
export function problemOf(error: AiosError | undefined, traceId: string): ProblemDocument {
  if (error === undefined) return document('internal', 'Something went wrong inside the daemon.', traceId)
  return document(error.code, error.message, traceId)
}

function document(code: ErrorCode, detail: string, traceId: string): ProblemDocument {
  const { status, hint } = errorKinds[code]
  return { type: `urn:aios:error:${code}`, title: code, status, code, detail, hint, traceId }
}

function isFromFastify(error: unknown): error is Error & { statusCode: number } {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
}
