import { encodeTerms, type Weights } from '../native-workers/trained-table.ts'
import { distinctTerms } from '../native-workers/tokenise.ts'
import type { CommitTexts } from './texts.ts'

/** A subject, and the place of the commit whose diff it describes. */
export interface Asked {
  readonly subject: string
  readonly place: number
}

/** Returns the score of each commit that is no newer than the one asked for: later ones were not there yet. */
export type Ranking = (asked: Asked) => Float64Array

/** Creates BM25 over the terms of passages; a commit is as good as its best passage. */
export function createKeywordRanking(commits: readonly CommitTexts[]): Ranking {
  const postings = new Map<string, number[]>()
  const owners: number[] = []
  const lengths: number[] = []
  for (const [owner, { passages }] of commits.entries()) {
    for (const terms of passages) {
      const words = terms.split(' ')
      const passage = owners.push(owner) - 1
      lengths.push(words.length)
      for (const word of words) {
        const list = postings.get(word)
        if (list === undefined) postings.set(word, [passage])
        else list.push(passage)
      }
    }
  }
  const usual = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length)
  return ({ subject, place }) => {
    const found = new Map<number, number>()
    for (const word of distinctTerms(subject)) {
      const passages = postings.get(word) ?? []
      const rarity = Math.log(1 + (owners.length - passages.length + 0.5) / (passages.length + 0.5))
      for (const passage of passages) {
        const score = (rarity * 2.2) / (1 + 1.2 * (0.25 + (0.75 * (lengths[passage] ?? 0)) / usual))
        found.set(passage, (found.get(passage) ?? 0) + score)
      }
    }
    const scores = new Float64Array(place + 1)
    for (const [passage, score] of found) {
      const owner = owners[passage] ?? 0
      if (owner <= place) scores[owner] = Math.max(scores[owner] ?? 0, score)
    }
    return scores
  }
}

/** Creates nearness to the passages' vectors; a commit is as good as its best passage. */
export function createVectorRanking(
  commits: readonly CommitTexts[],
  vectors: Float32Array,
  weights: Weights,
): Ranking {
  const { dimensions } = weights
  return ({ subject, place }) => {
    const question = encodeTerms([distinctTerms(subject).join(' ')], weights)
    const scores = new Float64Array(place + 1)
    let from = 0
    for (let owner = 0; owner <= place; owner++) {
      let best = 0
      for (let left = commits[owner]?.passages.length ?? 0; left > 0; left--, from += dimensions) {
        let sum = 0
        for (let at = 0; at < dimensions; at++) sum += (question[at] ?? 0) * (vectors[from + at] ?? 0)
        best = Math.max(best, sum)
      }
      scores[owner] = best
    }
    return scores
  }
}

/** Returns one over the place of what was asked for, for each question; 0 when it was not found. */
export function reciprocalRanks(asked: readonly Asked[], ranking: Ranking): number[] {
  return asked.map((one) => {
    const scores = ranking(one)
    const own = scores[one.place] ?? 0
    if (own <= 0) return 0
    let better = 0
    for (const score of scores) if (score >= own) better += 1
    return 1 / better
  })
}
