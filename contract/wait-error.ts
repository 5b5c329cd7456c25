import { AiosError, type ErrorCode } from './errors.ts'

/** A failure that passes by itself: it says after how many seconds another try is worth it. */
export class WaitError extends AiosError {
  readonly seconds: number

  constructor(code: ErrorCode, message: string, seconds: number) {
    super(code, message)
    this.seconds = seconds
  }
}
