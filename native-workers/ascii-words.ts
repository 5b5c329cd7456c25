/**
 * Takes one term: what stands between the two places of the source, in lower case, and its hash.
 *
 * The source may be in mixed case, so that a term seen before costs no new string.
 */
export type Emit = (source: string, from: number, to: number, hash: number) => void

/** Where the parts of the word at hand begin and end, and what they hash to. */
export interface Parts {
  readonly from: Int32Array
  readonly to: Int32Array
  readonly hash: Int32Array
}

/** A longer term says nothing that anybody would ask for. */
export const longestTerm = 40
const longestNumber = 8
const mostParts = 24
const shortestBlob = 20
const shortestHexBlob = 16

const other = 0
const lower = 1
const upper = 2
const digit = 3
const joint = 4
const hyphen = 5
const kinds = kindsOfAscii()

/** What the hash of a term begins with, and what it is multiplied by at each character. */
export const firstHash = 0x811c9dc5 | 0
export const hashFactor = 0x01000193

/** Creates room for the parts of a word, to be used again for the next word. */
export function createParts(): Parts {
  return {
    from: new Int32Array(mostParts),
    to: new Int32Array(mostParts),
    hash: new Int32Array(mostParts),
  }
}

/** Says whether a word may begin with this character: a letter, a digit, or anything beyond ASCII. */
export function beginsWord(code: number): boolean {
  if (code > 127) return true
  const kind = kinds[code] ?? other
  return kind !== other && kind < joint
}

/** Returns the hash of a term in lower case, the same that `tokenise` gives: FNV-1a over its UTF-16 units. */
export function hashOf(term: string): number {
  let hash = firstHash
  for (let at = 0; at < term.length; at++) hash = Math.imul(hash ^ term.charCodeAt(at), hashFactor)
  return hash
}

/** Emits the terms of the word that begins here, and returns its end; -1 when it has a letter beyond ASCII. */
export function asciiWord(text: string, start: number, parts: Parts, emit: Emit): number {
  let count = 0
  let partFrom = start
  let partHash = firstHash
  let hashBefore = firstHash
  let wholeHash = firstHash
  let wholeHashAtEnd = firstHash
  let before = joint
  let at = start

  const close = (to: number, hash: number) => {
    if (to > partFrom && count < mostParts) {
      parts.from[count] = partFrom
      parts.to[count] = to
      parts.hash[count] = hash
      count += 1
    }
  }

  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 127) return -1
    const kind = kinds[code] ?? other
    if (kind === other) break
    if (kind >= joint) {
      if (kind === hyphen && !joins(text, at)) break
      if (before < joint) {
        close(at, partHash)
        wholeHashAtEnd = wholeHash
      }
      partFrom = at + 1
      partHash = firstHash
      wholeHash = Math.imul(wholeHash ^ code, hashFactor)
      before = kind
      continue
    }
    const letter = kind === upper ? code | 32 : code
    if (kind === upper && (before === lower || before === digit)) {
      close(at, partHash)
      partFrom = at
      partHash = firstHash
    } else if (kind === lower && before === upper && at - 1 > partFrom) {
      // The last capital of a run opens the next part: HTTPServer is HTTP and Server.
      close(at - 1, hashBefore)
      partFrom = at - 1
      partHash = Math.imul(firstHash ^ (text.charCodeAt(at - 1) | 32), hashFactor)
    }
    hashBefore = partHash
    partHash = Math.imul(partHash ^ letter, hashFactor)
    wholeHash = Math.imul(wholeHash ^ letter, hashFactor)
    before = kind
  }
  if (before < joint) {
    close(at, partHash)
    wholeHashAtEnd = wholeHash
  }
  emitWord(text, start, parts, count, wholeHashAtEnd, emit)
  return at
}

function emitWord(
  text: string,
  start: number,
  parts: Parts,
  count: number,
  wholeHash: number,
  emit: Emit,
): void {
  const end = parts.to[count - 1] ?? start
  if (isBlob(text, start, end, count)) return
  for (let index = 0; index < count; index++) {
    const from = parts.from[index] ?? end
    const to = parts.to[index] ?? end
    if (isTerm(text, from, to)) emit(text, from, to, parts.hash[index] ?? firstHash)
  }
  if (count > 1 && count < mostParts && end - start <= longestTerm) emit(text, start, end, wholeHash)
}

/** Says whether a hyphen stands inside a word such as `max-width`, and not in `a - b`, `--all`, `->` or `n-1`. */
function joins(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1)
  const last = kinds[text.charCodeAt(at - 1)]
  return (next > 127 || kinds[next] === lower || kinds[next] === upper) && last !== hyphen && last !== joint
}

function isTerm(text: string, from: number, to: number): boolean {
  const length = to - from
  if (length < 2 || length > longestTerm) return false
  return length <= longestNumber || !isNumber(text, from, to)
}

function isNumber(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (kinds[text.charCodeAt(at)] !== digit) return false
  return true
}

/** Says whether the word is encoded data: hexadecimal, or letters in a case and order that nobody writes. */
function isBlob(text: string, start: number, end: number, count: number): boolean {
  const length = end - start
  if (length < shortestHexBlob) return false
  let digits = 0
  let hex = 0
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    const isDigit = code >= 48 && code <= 57
    if (isDigit) digits += 1
    if (isDigit || ((code | 32) >= 97 && (code | 32) <= 102)) hex += 1
  }
  if (digits > 0 && hex === length) return true
  return length >= shortestBlob && (length < count * 3.5 || digits * 3 > length)
}

function kindsOfAscii(): Uint8Array {
  const table = new Uint8Array(128)
  table.fill(digit, 48, 58)
  table.fill(upper, 65, 91)
  table.fill(lower, 97, 123)
  table[95] = joint
  table[45] = hyphen
  return table
}
