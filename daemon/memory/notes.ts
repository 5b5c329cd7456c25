import { distinctTerms } from '../../native-workers/tokenise.ts'
import { contentWords, stemOf } from './words.ts'

/** The part of a note that tells what it is about. */
interface Told {
  readonly text: string
  readonly about: readonly string[]
}

/** Share of the question's words that a note must have; with fewer it is about something else. */
const leastShare = 0.5

/** Returns the notes that have at least half of the question's words, best first; of equals the first first. */
export function fittingNotes<N extends Told>(notes: readonly N[], question: string): N[] {
  const wanted = new Set(contentWords(question).map(stemOf))
  if (wanted.size === 0) return []
  const shares = notes.map((note) => ({ note, share: shareOf(note, wanted) }))
  return shares
    .filter(({ share }) => share >= leastShare)
    .toSorted((one, other) => other.share - one.share)
    .map(({ note }) => note)
}

function shareOf({ text, about }: Told, wanted: ReadonlySet<string>): number {
  const told = new Set(distinctTerms([text, ...about].join('\n')).map(stemOf))
  return [...wanted].filter((word) => told.has(word)).length / wanted.size
}
