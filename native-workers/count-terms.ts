import { createLexicon } from './lexicon.ts'
import { tokenise } from './tokenise.ts'

/** Counts the terms of one text after another. */
export interface TermCounter {
  /** Begins a text. */
  start(): void
  /** Counts the terms of a part of the text; of its many terms the first 400 different ones. */
  add(part: string): void
  /** Calls back for each term of the text once, in the order of first occurrence. */
  each(visit: (hash: number, weight: number, count: number) => void): void
  /** Returns the terms, each once, joined by spaces. */
  terms(): string
}

const mostTermsOfText = 400
const mostTermsKept = 1 << 15

/** Creates a counter that keeps the terms it has seen, up to a bound, because most come again. */
export function createTermCounter(): TermCounter {
  let lexicon = createLexicon(mostTermsKept)
  let seen = new Uint32Array(mostTermsKept)
  let counts = new Uint16Array(mostTermsKept)
  const numbers: number[] = []
  let text = 0

  const count = (source: string, from: number, to: number, hash: number) => {
    if (numbers.length >= mostTermsOfText) return
    const number = lexicon.numberOf(source, from, to, hash)
    if (seen[number] === text) {
      counts[number] = Math.min((counts[number] ?? 0) + 1, 0xffff)
    } else {
      seen[number] = text
      counts[number] = 1
      numbers.push(number)
    }
  }

  return {
    start() {
      text += 1
      numbers.length = 0
      if (lexicon.size + mostTermsOfText <= mostTermsKept && text < 0xffffffff) return
      lexicon = createLexicon(mostTermsKept)
      seen = new Uint32Array(mostTermsKept)
      counts = new Uint16Array(mostTermsKept)
      text = 1
    },

    add(part) {
      tokenise(part, count)
    },

    each(visit) {
      for (const number of numbers) {
        visit(lexicon.hashOf(number), lexicon.weightOf(number), counts[number] ?? 0)
      }
    },

    terms: () => numbers.map((number) => lexicon.termOf(number)).join(' '),
  }
}
