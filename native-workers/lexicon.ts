import { weightOf } from './learned-encode.ts'

/** Gives each term a number, once, so that a term seen before costs neither a string nor a hash of it. */
export interface Lexicon {
  /** Numbers given so far. */
  readonly size: number
  /** Returns the number of the term that `tokenise` emitted. */
  numberOf(source: string, from: number, to: number, hash: number): number
  termOf(number: number): string
  hashOf(number: number): number
  weightOf(number: number): number
}

const longestProbe = 16

/** Creates a lexicon with room for as many terms; it grows no further than its callers let it. */
export function createLexicon(capacity: number): Lexicon {
  const mask = 2 ** Math.ceil(Math.log2(capacity * 2)) - 1
  const slots = new Int32Array(mask + 1).fill(-1)
  const terms: string[] = []
  const hashes: number[] = []
  const weights: number[] = []
  // Hashes can be made to collide by whoever writes the text; these strings are hashed with a secret.
  const crowded = new Map<string, number>()

  const add = (term: string, hash: number): number => {
    terms.push(term)
    hashes.push(hash)
    return weights.push(weightOf(term)) - 1
  }

  return {
    get size() {
      return terms.length
    },

    numberOf(source, from, to, hash) {
      let slot = Math.imul(hash, 0x9e3779b1) >>> 7
      for (let probe = 0; probe < longestProbe; probe++, slot++) {
        const number = slots[slot & mask] ?? -1
        if (number < 0) {
          slots[slot & mask] = terms.length
          return add(source.slice(from, to).toLowerCase(), hash)
        }
        if (hashes[number] === hash && isSame(terms[number] ?? '', source, from, to)) return number
      }
      const term = source.slice(from, to).toLowerCase()
      const number = crowded.get(term) ?? add(term, hash)
      crowded.set(term, number)
      return number
    },

    termOf: (number) => terms[number] ?? '',
    hashOf: (number) => hashes[number] ?? 0,
    weightOf: (number) => weights[number] ?? 0,
  }
}

/** Compares a term with letters in any case; beyond ASCII, terms are emitted in lower case. */
function isSame(term: string, source: string, from: number, to: number): boolean {
  if (term.length !== to - from) return false
  for (let at = 0; at < term.length; at++) {
    const code = source.charCodeAt(from + at)
    const letter = code >= 65 && code <= 90 ? code | 32 : code
    if (letter !== term.charCodeAt(at)) return false
  }
  return true
}
