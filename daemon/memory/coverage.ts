import type { Hit } from '../../contract/answers.ts'
import { termsOf } from '../../native-workers/tokenise.ts'
import { stemOf } from './words.ts'

/**
 * Returns how much of a question an answer speaks of, between 0 and 1. Longer words weigh more: they are
 * rarer, and what a question is about is seldom said in three letters. Two that stand together may be said as one.
 */
export function coverageOf(hit: Hit, words: readonly string[]): number {
  if (words.length === 0) return 0
  const said = new Set(termsOf(textOf(hit)).map(stemOf))
  let covered = 0
  let total = 0
  for (const [at, word] of words.entries()) {
    const weight = Math.log2(1 + word.length)
    total += weight
    const together = [`${words[at - 1] ?? ''}${word}`, `${word}${words[at + 1] ?? ''}`]
    if (said.has(stemOf(word)) || together.some((pair) => said.has(stemOf(pair)))) covered += weight
  }
  return covered / total
}

function textOf(hit: Hit): string {
  return [hit.subject, ...hit.passages.flatMap((passage) => [passage.path, passage.text])].join('\n')
}
