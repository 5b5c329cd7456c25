import { randomInt } from 'node:crypto'
import { createOidBytes, type OidBytes } from './oid-bytes.ts'

/** Knows which row of a table belongs to a commit, in about 60 bytes a commit: a million must fit in memory. */
export interface OidIndex {
  readonly size: number
  /** A number above all that were ever set or reserved. */
  readonly next: number
  /** Makes this the commit's row; a row it had before is forgotten. */
  set(oid: string, number: number): void
  /** Keeps `next` above a number that is in use without belonging to a commit. */
  reserve(number: number): void
  numberOf(oid: string): number | undefined
  oidOf(number: number): string | undefined
  oids(): string[]
}

const noNumber = 0xffffffff

/** Creates an index that knows no commit. The first decides whether oids have 20 bytes or 32. */
export function createOidIndex(): OidIndex {
  let width = 20
  let bytes = createBytes(width)
  // An oid that is looked up lies here meanwhile: thousands are in the course of one question.
  let key = Buffer.alloc(width)
  let slots = new Uint32Array(1024).fill(noNumber)
  let size = 0
  let next = 0

  /** Makes this oid the key. */
  function take(oid: string): boolean {
    return oid.length === width * 2 && key.write(oid, 'hex') === width
  }

  /** Finds where the key is, or the free place where it would be. */
  function slotOfKey(): number {
    let slot = hashOf(key, 0, width) & (slots.length - 1)
    for (;;) {
      const number = slots[slot] ?? noNumber
      if (number === noNumber || bytes.has(number, key)) return slot
      slot = (slot + 1) & (slots.length - 1)
    }
  }

  /** Finds where the number is, or the free place where it would be. */
  function slotOfNumber(wanted: number): number {
    let slot = bytes.hash(wanted) & (slots.length - 1)
    for (;;) {
      const number = slots[slot] ?? noNumber
      if (number === noNumber || number === wanted) return slot
      slot = (slot + 1) & (slots.length - 1)
    }
  }

  function grow(): void {
    const known = slots.filter((number) => number !== noNumber)
    slots = new Uint32Array(slots.length * 2).fill(noNumber)
    for (const number of known) slots[slotOfNumber(number)] = number
  }

  function numberOf(oid: string): number | undefined {
    const number = take(oid) ? slots[slotOfKey()] : undefined
    return number === noNumber ? undefined : number
  }

  function set(oid: string, number: number): void {
    if (size === 0 && oid.length === 64) {
      width = 32
      bytes = createBytes(width)
      key = Buffer.alloc(width)
    }
    if (!take(oid)) throw new Error(`Not a full oid of this repository: ${oid}`)
    if ((size + 1) * 2 > slots.length) grow()
    const slot = slotOfKey()
    if (slots[slot] === noNumber) size++
    bytes.put(number, key)
    slots[slot] = number
    reserve(number)
  }

  function reserve(number: number): void {
    next = Math.max(next, number + 1)
  }

  return {
    get size() {
      return size
    },
    get next() {
      return next
    },
    set,
    reserve,
    numberOf,
    oidOf: (number) => (slots[slotOfNumber(number)] === number ? bytes.hex(number) : undefined),
    oids: () => Array.from(slots.filter((number) => number !== noNumber).sort(), bytes.hex),
  }
}

function createBytes(width: number): OidBytes {
  return createOidBytes(width, (bytes, from) => hashOf(bytes, from, width))
}

/** Drawn anew in each process, so that nobody can make commits that fall into one place. */
const seed = randomInt(2 ** 32)

function hashOf(oid: Uint8Array, from: number, width: number): number {
  let hash = seed
  for (let at = from; at < from + width; at += 4) {
    const word =
      (oid[at] ?? 0) | ((oid[at + 1] ?? 0) << 8) | ((oid[at + 2] ?? 0) << 16) | ((oid[at + 3] ?? 0) << 24)
    hash = Math.imul(hash ^ word, 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return hash
}
