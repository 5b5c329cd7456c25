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
  /** Returns the first eight digits of the oid that a number was set with, as a number. */
  startOf(number: number): number
  oids(): string[]
}

const noNumber = 0xffffffff

/** Creates an index that knows no commit. The first decides whether oids have 20 bytes or 32. */
export function createOidIndex(): OidIndex {
  let width = 20
  let bytes = createOidBytes(width)
  let slots = new Uint32Array(1024).fill(noNumber)
  let [size, next] = [0, 0]

  /** Finds where an oid is, or the free place where it would be. */
  function slotOf(oid: Buffer): number {
    let slot = hashOf(oid) & (slots.length - 1)
    for (;;) {
      const number = slots[slot] ?? noNumber
      if (number === noNumber || oid.equals(bytes.at(number))) return slot
      slot = (slot + 1) & (slots.length - 1)
    }
  }

  function grow(): void {
    const known = slots.filter((number) => number !== noNumber)
    slots = new Uint32Array(slots.length * 2).fill(noNumber)
    for (const number of known) slots[slotOf(bytes.at(number))] = number
  }

  function numberOf(oid: string): number | undefined {
    const key = Buffer.from(oid, 'hex')
    const number = key.length === width ? slots[slotOf(key)] : undefined
    return number === noNumber ? undefined : number
  }

  function set(oid: string, number: number): void {
    const key = Buffer.from(oid, 'hex')
    if (size === 0 && key.length === 32) bytes = createOidBytes((width = 32))
    if (key.length !== width) throw new Error(`Not a full oid of this repository: ${oid}`)
    if ((size + 1) * 2 > slots.length) grow()
    const slot = slotOf(key)
    if (slots[slot] === noNumber) size++
    bytes.put(number, key)
    slots[slot] = number
    reserve(number)
  }

  function reserve(number: number): void {
    next = Math.max(next, number + 1)
  }

  const hexOf = (number: number) => bytes.at(number).toString('hex')
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
    startOf: (number) => bytes.startAt(number),
    oidOf: (number) => (numberOf(hexOf(number)) === number ? hexOf(number) : undefined),
    oids: () => Array.from(slots.filter((number) => number !== noNumber).sort(), hexOf),
  }
}

/** Drawn anew in each process, so that nobody can make commits that fall into one place. */
const seed = randomInt(2 ** 32)

function hashOf(oid: Buffer): number {
  let hash = seed
  for (let at = 0; at < oid.length; at += 4) {
    hash = Math.imul(hash ^ oid.readInt32LE(at), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return hash
}
