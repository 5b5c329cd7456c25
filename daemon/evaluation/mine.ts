import type { Tie } from '../../contract/episode.ts'
import type { CommitGraph } from '../memory/commit-graph.ts'
import type { Memory } from '../memory/memory.ts'
import { contentWords } from '../memory/words.ts'
import type { Mined } from './ask-recall.ts'
import { pastFrom } from './sight.ts'
import { sampleOf } from './span.ts'

/** Commits whose messages are read at once. */
const rowsAtOnce = 512

/** Yields commits with their messages, in the order asked. */
export async function* withMessages(
  ordinals: readonly number[],
  { store, graph }: Pick<Memory, 'store' | 'graph'>,
  signal: AbortSignal,
): AsyncGenerator<{ ordinal: number; message: string }> {
  for (let at = 0; at < ordinals.length; at += rowsAtOnce) {
    signal.throwIfAborted()
    const rows = await store.headlines(ordinals.slice(at, at + rowsAtOnce).map((one) => graph.oid(one)))
    for (const { oid, message } of rows) yield { ordinal: graph.ordinalOf(oid) ?? 0, message }
  }
}

/** Returns the commits that a message names in one of these ways. */
export function namedBy(ordinal: number, kinds: readonly Tie['kind'][], { graph, ties }: Memory): number[] {
  return ties
    .from(ordinal)
    .filter(({ kind }) => kinds.includes(kind))
    .flatMap(({ to }) => graph.ordinalOf(to) ?? [])
}

/** Returns the commits among these that could be seen by who asks; a question of which none could has no answer. */
function seenTruth<T extends Mined>(question: T, graph: CommitGraph): T[] {
  const { sees } = pastFrom(question, graph)
  const truth = question.truth.filter(sees)
  return truth.length === 0 ? [] : [{ ...question, truth }]
}

/** Returns so many questions by chance whose answers could be seen by who asks. */
export function chosen<T extends Mined>(
  mined: readonly T[],
  graph: CommitGraph,
  { sample, seed }: { readonly sample: number; readonly seed: number },
): T[] {
  // Of those that were cited from another branch some cannot be seen; ancestry is walked for no more than needed.
  const some = sampleOf(mined, sample * 2, seed)
  return sampleOf(
    some.flatMap((question) => seenTruth(question, graph)),
    sample,
    seed,
  )
}

/** Says whether a text has so many words that say what it is about. */
export function says(text: string, words: number): boolean {
  return contentWords(text).length >= words
}
