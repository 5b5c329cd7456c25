import { candidatesFor } from '../memory/candidates.ts'
import type { Memory } from '../memory/memory.ts'
import { understand } from '../memory/question.ts'
import { memoryThen, withoutMessages, type Past, type Standpoint } from './sight.ts'

/** A question that the history asked, and the commits that answer it; one of them is enough. */
export interface Mined extends Standpoint {
  readonly text: string
  readonly truth: readonly number[]
  /** Paths that whoever asks has before them. */
  readonly paths?: readonly string[]
}

/** How questions are asked. */
export interface Manner {
  /** Whether commits are to be found by what they changed alone. */
  readonly hidesMessages: boolean
}

/** Where the first answer stood, and what stood first. */
export interface Found {
  readonly place: number
  readonly top: readonly string[]
}

/** Asks recall's own ranking, before it is decided what of it is worth showing. */
export async function askRecall(
  question: Mined,
  { hidesMessages }: Manner,
  past: Past,
  { memory }: { readonly memory: Memory },
  signal: AbortSignal,
): Promise<Found> {
  const then = memoryThen(question, past, memory)
  const seen = hidesMessages ? withoutMessages(then) : then
  const understood = understand(question.text, (text) => memory.graph.touching(text).some(past.sees))
  const limits = { ...past, admits: past.sees, refused: new Set<number>() }
  const candidates = await candidatesFor(understood, seen, limits, signal)
  const truth = new Set(question.truth.map((ordinal) => memory.graph.oid(ordinal)))
  return {
    place: 1 + candidates.findIndex(({ oid }) => truth.has(oid)),
    top: candidates.slice(0, 3).map(({ oid }) => oid),
  }
}
