import { asciiWord, beginsWord, createParts, type Emit, type Parts } from './ascii-words.ts'
import { foreignWord } from './foreign-words.ts'

/** Returns the terms of a text in their order, as often as they occur. */
export function termsOf(text: string): string[] {
  const terms: string[] = []
  tokenise(text, (source, from, to) => terms.push(source.slice(from, to).toLowerCase()), ownParts)
  return terms
}

// Made once: to make them takes as long as a short text does, and one question splits hundreds.
const ownParts = createParts()

/** Returns the terms of a text in the order in which they first occur. */
export function distinctTerms(text: string): string[] {
  return [...new Set(termsOf(text))]
}

/**
 * Finds the terms of a text: words, the parts of identifiers, and identifiers as a whole.
 *
 * Takes time in proportion to the text, whatever it contains.
 */
export function tokenise(text: string, emit: Emit, parts: Parts = createParts()): void {
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (!beginsWord(code)) {
      at += 1
      continue
    }
    const end = code < 128 ? asciiWord(text, at, parts, emit) : -1
    at = end > 0 ? end : foreignWord(text, at, parts, emit)
  }
}
