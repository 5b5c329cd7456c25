import { pairsIn } from '../../native-workers/unspaced.ts'
import type { TextColumn } from './store.ts'

/** Words of a question that are searched for; each costs time, and the longest say the most. */
const maxWords = 64
/** The index holds no longer words than these. */
const maxLength = 128

/** Returns the words that a text column is asked for: each once, and no more than an index answers in a blink. */
export function wordsOf(column: TextColumn, text: string): string[] {
  // Terms are split by whoever made them; prose is split as the index splits it, so that the bound is a bound.
  const separator = column === 'terms' ? /[\s\p{C}]+/u : /[^\p{L}\p{M}\p{N}]+/u
  const words = text.toWellFormed().split(separator)
  const pairs = column === 'message' ? pairsIn(text) : []
  const distinct = [
    ...new Set([...words, ...pairs].filter((word) => word !== '' && word.length <= maxLength)),
  ]
  if (distinct.length <= maxWords) return distinct
  return distinct.toSorted((a, b) => b.length - a.length).slice(0, maxWords)
}
