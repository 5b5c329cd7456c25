import type { Hit } from '../../contract/answers.ts'
import { coverageOf } from './coverage.ts'

/** Answers that are looked at: what is said further down is seldom read. */
const looked = 5

/** Returns how sure it is, between 0 and 1, that one of these answers the question. */
export function confidenceIn(hits: readonly Hit[], words: readonly string[]): number {
  return Math.max(0, ...hits.slice(0, looked).map((hit) => coverageOf(hit, words)))
}
