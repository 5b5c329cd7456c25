import type { Table as NativeTable } from '@lancedb/lancedb'
import type { Table as Rows } from 'apache-arrow'
import { placeColumns, range, readPlaces, textsOf } from './arrow-columns.ts'
import { passageBatch, type NumberedPassage } from './arrow-rows.ts'
import { tableShapes } from './lance-schema.ts'
import { openLanceTable, openToRead, type LanceTable } from './lance-table.ts'
import { indexVectors } from './optimize.ts'
import type { EncodeTerms, StoreSettings } from './store.ts'

/** Which passages of a store are copied, into which table, and whose vectors they get. */
export interface CopyOrder extends StoreSettings {
  readonly folder: string
  readonly from: string
  readonly to: string
  /** Passages with this number and above are left out. */
  readonly end: number
}

/** Copies passages into a new table, with new vectors, and indexes it. What it had begun stays when it fails. */
export type CopyPassages = (order: CopyOrder, encode: EncodeTerms, signal: AbortSignal) => Promise<void>

/** Commits whose passages are read at once. */
export const commitsAtOnce = 512
/** Passages that are written at once: fewer would be many small files. */
const passagesAtOnce = 4096

/**
 * Copies passages in this process.
 *
 * The former table may be written by another process meanwhile, as long as none removes the version that is read here.
 */
export const copyPassages: CopyPassages = async (order, encode, signal) => {
  const { folder, from, to, end, dimensions } = order
  const shape = tableShapes(dimensions).passages
  const former = await openToRead(folder, { ...shape, name: from })
  try {
    const table = await openLanceTable(folder, { ...shape, name: to }, false)
    try {
      const copy = createCopy(table, dimensions, encode)
      for (let at = 0; at < end; at += commitsAtOnce) {
        signal.throwIfAborted()
        await copy.take(await rowsBetween(former.native, at, Math.min(at + commitsAtOnce, end)))
      }
      await copy.flush()
      signal.throwIfAborted()
      await table.compact(new Date(0))
      await indexVectors(table)
    } finally {
      table.close()
    }
  } finally {
    former.close()
  }
}

/** Returns the places and terms of the passages whose numbers lie between these. */
export function rowsBetween(passages: NativeTable, from: number, to: number): Promise<Rows> {
  return passages
    .query()
    .select([...placeColumns, 'terms'])
    .where(`number >= ${from} AND number < ${to}`)
    .toArrow()
}

/** Takes rows and writes them with new vectors, many at a time. */
export function createCopy(table: LanceTable, dimensions: number, encode: EncodeTerms) {
  let waiting: Omit<NumberedPassage, 'row'>[] = []
  let places: Omit<NumberedPassage['row'], 'vector'>[] = []

  async function flush(): Promise<void> {
    const [numbers, rows] = [waiting, places]
    ;[waiting, places] = [[], []]
    for (let at = 0; at < rows.length; at += passagesAtOnce) {
      const some = rows.slice(at, at + passagesAtOnce)
      const vectors = await encode(some.map(({ terms }) => terms))
      const passages = some.map((row, index) => ({
        number: numbers[at + index]?.number ?? 0,
        ordinal: numbers[at + index]?.ordinal ?? 0,
        row: { ...row, vector: vectors.subarray(index * dimensions, (index + 1) * dimensions) },
      }))
      await table.add(passageBatch(table.shape.schema, passages, dimensions))
    }
  }

  return {
    flush,
    async take(found: Rows): Promise<void> {
      const terms = textsOf(found, 'terms')
      const read = readPlaces(found)
      for (const index of range(found, (at) => at)) {
        const one = read[index]
        if (one === undefined) continue
        const { ordinal, ...place } = one.row
        waiting.push({ number: one.number, ordinal })
        places.push({ key: '', oid: '', ...place, terms: terms(index) })
      }
      if (waiting.length >= passagesAtOnce) await flush()
    },
  }
}
