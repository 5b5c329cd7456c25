import type { Table as NativeTable } from '@lancedb/lancedb'
import { textsOf, type Rows } from './arrow-columns.ts'

/** What is kept of each row of a table. */
export interface KnownColumns {
  /** Columns of whole numbers below 2^32 - 1. The first is the row's number: rows that are added have higher ones. */
  readonly integers: readonly [string, ...string[]]
  /** A column of texts that repeat. */
  readonly text?: string
}

/** A row as it is known: its integers in the order of the columns, and its text. */
export interface KnownRow {
  readonly integers: Uint32Array
  readonly text: string
}

/**
 * Knows the rows of a table by the addresses that searches give of them, some bytes a row.
 *
 * To fetch columns of a hundred rows that lie apart takes the native library longer than to find them.
 */
export interface KnownRows {
  /** Returns the rows at these addresses; undefined for one that was moved or removed since it was found. */
  at(addresses: readonly number[]): Promise<(KnownRow | undefined)[]>
  /** Returns where the row with a number was when it was read, as far as it was; of several, one of them. */
  addressOf(number: number): number | undefined
}

/** An address is the number of a fragment above this many, and a place in it. */
const fragmentRows = 2 ** 32
const noValue = 0xffffffff

/**
 * Creates what knows no row yet, and reads those that are new when one of them is asked for.
 *
 * A fragment is never changed and its number never given again, so that an address never means another row.
 */
export function createKnownRows(native: NativeTable, columns: KnownColumns): KnownRows {
  let kept = createKept(columns)

  /** Rows that were added have numbers above all that are known. */
  const readAdded = sharing(async () => {
    await read(native, columns, kept, `${columns.integers[0]} >= ${kept.next()}`)
  })
  /** Compaction gives every row another address. */
  const readAll = sharing(async () => {
    const fresh = createKept(columns)
    await read(native, columns, fresh)
    kept = fresh
  })

  return {
    async at(addresses) {
      const find = () => addresses.map((address) => kept.find(address))
      for (const learn of kept.next() === 0 ? [readAll] : [readAdded, readAll]) {
        const found = find()
        if (!found.includes(undefined)) return found
        await learn()
      }
      return find()
    },
    addressOf: (number) => kept.addressOf(number),
  }
}

async function read(
  native: NativeTable,
  { integers, text }: KnownColumns,
  kept: Kept,
  filter?: string,
): Promise<void> {
  const selected = text === undefined ? [...integers] : [...integers, text]
  const query = native.query().select(selected).withRowId()
  for await (const rows of filter === undefined ? query : query.where(filter)) kept.add(rows)
}

/** Rows by fragment, each with its integers and the number of its text one after the other. */
interface Kept {
  /** Returns a number above those of all rows. */
  next(): number
  add(rows: Rows): void
  find(address: number): KnownRow | undefined
  addressOf(number: number): number | undefined
}

function createKept({ integers, text }: KnownColumns): Kept {
  const width = integers.length + 1
  const fragments = createFragments(width)
  const addresses = createAddresses()
  const texts = createTexts()

  return {
    next: addresses.next,
    addressOf: addresses.of,
    add(rows) {
      if (rows.numRows === 0) return
      const places = addressesIn(rows)
      const values = integers.map((name) => integersIn(rows, name))
      const textAt = text === undefined ? undefined : textsOf(rows, text)
      for (let row = 0; row < rows.numRows; row += 1) {
        const address = Number(places[row])
        const words = fragments.room(address)
        for (const [column, value] of values.entries()) words[column] = value[row] ?? noValue
        if (textAt !== undefined) words[integers.length] = texts.intern(textAt(row))
        addresses.set(words[0] ?? 0, address)
      }
    },
    find(address) {
      const words = fragments.at(address)
      if (words === undefined || (words[0] ?? noValue) === noValue) return undefined
      return { integers: words, text: texts.at(words[integers.length] ?? 0) }
    },
  }
}

/** Creates room for so many words at each address. */
function createFragments(width: number) {
  const fragments = new Map<number, Uint32Array>()

  function at(address: number): Uint32Array | undefined {
    const from = (address % fragmentRows) * width
    return fragments.get(Math.floor(address / fragmentRows))?.subarray(from, from + width)
  }

  return {
    at,
    /** Returns the words of an address, making room for it and those before it. */
    room(address: number): Uint32Array {
      const fragment = Math.floor(address / fragmentRows)
      const words = fragments.get(fragment) ?? new Uint32Array()
      const needed = ((address % fragmentRows) + 1) * width
      if (words.length < needed) {
        const larger = new Uint32Array(Math.max(needed, Math.ceil(words.length * 1.5)))
        larger.fill(noValue, words.length)
        larger.set(words)
        fragments.set(fragment, larger)
      }
      return at(address) ?? words
    },
  }
}

/** Creates addresses by number: 0 stands for none, and all others are one more than they are. */
function createAddresses() {
  let addresses = new Float64Array()
  let next = 0
  return {
    next: () => next,
    of(number: number): number | undefined {
      const address = addresses[number] ?? 0
      return address === 0 ? undefined : address - 1
    },
    set(number: number, address: number): void {
      if (number >= addresses.length) {
        const larger = new Float64Array(Math.ceil((number + 1) * 1.5))
        larger.set(addresses)
        addresses = larger
      }
      addresses[number] = address + 1
      next = Math.max(next, number + 1)
    },
  }
}

/** Creates texts by number, each of which is kept once. */
function createTexts() {
  const texts: string[] = []
  const numbers = new Map<string, number>()
  return {
    at: (number: number): string => texts[number] ?? '',
    intern(text: string): number {
      const known = numbers.get(text)
      if (known !== undefined) return known
      numbers.set(text, texts.length)
      return texts.push(text) - 1
    },
  }
}

// Whole columns are read as they are: to ask for each value by itself takes ten times as long.
function addressesIn(rows: Rows): BigUint64Array {
  const values: unknown = rows.getChild('_rowid')?.toArray()
  if (values instanceof BigUint64Array) return values
  throw new Error('The rows have no addresses.')
}

function integersIn(rows: Rows, name: string): Uint32Array {
  const values: unknown = rows.getChild(name)?.toArray()
  if (values instanceof Uint32Array) return values
  throw new Error(`The column ${name} does not hold whole numbers.`)
}

/** Lets all who ask while the work goes on wait for the same. */
function sharing(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= work().finally(() => (running = undefined)))
}
