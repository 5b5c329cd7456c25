import { randomInt } from 'node:crypto'
import { createOidBytes } from './oid-bytes.ts'

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
  let table = createTable(20)
  let next = 0

  function reserve(number: number): void {
    next = Math.max(next, number + 1)
  }

  return {
    get size() {
      return table.size()
    },
    get next() {
      return next
    },
    set(oid, number) {
      if (table.size() === 0 && oid.length === 64) table = createTable(32)
      table.set(oid, number)
      reserve(number)
    },
    reserve,
    numberOf: (oid) => table.numberOf(oid),
    oidOf: (number) => (table.has(number) ? table.hex(number) : undefined),
    oids: () => Array.from(table.numbers(), table.hex),
  }
}

/** Creates a hash table of oids of one length. */
function createTable(width: number) {
  const bytes = createOidBytes(width, (from, at) => hashOf(from, at, width))
  // An oid that is looked up lies here meanwhile: thousands are in the course of one question.
  const key = Buffer.alloc(width)
  let slots = new Uint32Array(1024).fill(noNumber)
  let size = 0

  const isKey = (number: number): boolean => bytes.has(number, key)
  const slotOfKey = (): number => findSlot(slots, hashOf(key, 0, width), isKey)
  const slotOf = (wanted: number): number =>
    findSlot(slots, bytes.hash(wanted), (number) => number === wanted)

  /** Makes this oid the key, when it is a whole one. */
  function take(oid: string): boolean {
    return oid.length === width * 2 && key.write(oid, 'hex') === width
  }

  function grow(): void {
    const known = slots.filter((number) => number !== noNumber)
    slots = new Uint32Array(slots.length * 2).fill(noNumber)
    for (const number of known) slots[slotOf(number)] = number
  }

  return {
    size: () => size,
    hex: bytes.hex,
    /** Says whether the number is that of an oid now. */
    has: (number: number) => slots[slotOf(number)] === number,
    numbers: () => slots.filter((number) => number !== noNumber).sort(),
    numberOf(oid: string): number | undefined {
      const number = take(oid) ? slots[slotOfKey()] : undefined
      return number === noNumber ? undefined : number
    },
    set(oid: string, number: number): void {
      if (!take(oid)) throw new Error(`Not a full oid of this repository: ${oid}`)
      if ((size + 1) * 2 > slots.length) grow()
      const slot = slotOfKey()
      if (slots[slot] === noNumber) size++
      bytes.put(number, key)
      slots[slot] = number
    },
  }
}

/** Finds where a number is, or the free place where it would be. */
function findSlot(slots: Uint32Array, hash: number, isIt: (number: number) => boolean): number {
  let slot = hash & (slots.length - 1)
  for (;;) {
    const number = slots[slot] ?? noNumber
    if (number === noNumber || isIt(number)) return slot
    slot = (slot + 1) & (slots.length - 1)
  }
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
