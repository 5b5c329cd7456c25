import { unspaced } from '../../native-workers/unspaced.ts'

/** Returns what stands between spaces, and the words of scripts that have none between them. */
export function wordsOf(subject: string): string[] {
  const pieces = subject.split(/\s+/)
  return pieces.flatMap((piece) => {
    if (!unspaced.test(piece)) return [piece]
    return [...segmenter.segment(piece)].map(({ segment }) => segment)
  })
}

const segmenter = new Intl.Segmenter('en', { granularity: 'word' })
