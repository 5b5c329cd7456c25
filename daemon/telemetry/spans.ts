import type { Trace } from './trace.ts'

/** Something that took time. */
export interface Span {
  /** As in `recall` or `hook pre-commit`; one of few. */
  readonly name: string
  readonly trace: Trace
  /** Milliseconds since the epoch. */
  readonly began: number
  readonly ended: number
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  /** Why it failed, by its code. */
  readonly failure?: string
}

/** Where spans go. */
export interface Spans {
  /** Takes a span that has ended. Never waits, and never fails. */
  record(span: Span): void
  /** Sends what was not sent yet. */
  close(): Promise<void>
}

/** Where spans go when nobody has asked for them. */
export const noSpans: Spans = { record() {}, close: async () => {} }
