import { asciiWord, beginsWord, type Emit, hashOf, longestTerm, type Parts } from './ascii-words.ts'
import { pairsOf, unspaced } from './unspaced.ts'

const run = /[\p{L}\p{M}\p{N}_]{1,256}(?:(?<!_)-(?=\p{L})[\p{L}\p{M}\p{N}_]{1,256}){0,8}/uy
const accents = /(\p{Script=Latin})\p{M}+/gu
const pieces = new RegExp(`(${unspaced.source}+)|[[\\p{L}\\p{M}\\p{N}_\\-]--${unspaced.source}]+`, 'gv')
const ascii = /^[\w-]+$/
const seams = /[_-]+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u

/**
 * Emits the terms of the word that begins here, and returns where to go on.
 *
 * Latin letters lose their accents, so that `café` and `cafe` are one term, as people type them.
 */
export function foreignWord(text: string, start: number, parts: Parts, emit: Emit): number {
  run.lastIndex = start
  const word = run.exec(text)
  if (word === null) return start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1)
  const plain = word[0].normalize('NFKD').replace(accents, '$1').normalize('NFC')
  for (const [piece, pairs] of plain.matchAll(pieces)) {
    if (pairs !== undefined) pairsOf(pairs).forEach((pair) => emitHashed(pair, emit))
    else if (ascii.test(piece)) emitAscii(piece, parts, emit)
    else emitParts(piece, emit)
  }
  return start + word[0].length
}

function emitAscii(piece: string, parts: Parts, emit: Emit): void {
  for (let at = 0; at < piece.length;) {
    at = beginsWord(piece.charCodeAt(at)) ? asciiWord(piece, at, parts, emit) : at + 1
  }
}

function emitParts(piece: string, emit: Emit): void {
  const parts = piece.split(seams).filter((part) => part !== '')
  for (const part of parts) emitTerm(part, emit)
  if (parts.length > 1) emitTerm(piece.replace(/^[_-]+|[_-]+$/g, ''), emit)
}

function emitTerm(word: string, emit: Emit): void {
  if (word.length > 1 && word.length <= longestTerm) emitHashed(word.toLowerCase(), emit)
}

function emitHashed(term: string, emit: Emit): void {
  emit(term, 0, term.length, hashOf(term))
}
