import { firstHash, hashFactor } from './ascii-words.ts'

/** Rows of a learned table: each term falls into one of them by its hash, and a few share theirs. */
export const tableRows = 1 << 16

const space = 32

/** Returns the row of the term with this hash. */
export function rowOf(hash: number): number {
  return mix(hash) & (tableRows - 1)
}

/** Calls back with the row of each of the terms, which are joined by spaces. */
export function eachRow(terms: string, visit: (row: number) => void): void {
  let hash = firstHash
  let begins = 0
  for (let at = 0; at < terms.length; at++) {
    const code = terms.charCodeAt(at)
    if (code !== space) {
      hash = Math.imul(hash ^ code, hashFactor)
      continue
    }
    if (at > begins) visit(rowOf(hash))
    begins = at + 1
    hash = firstHash
  }
  if (terms.length > begins) visit(rowOf(hash))
}

/** Spreads a number's bits, so that near numbers give far ones: the last steps of MurmurHash3. */
export function mix(value: number): number {
  let bits = value
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}
