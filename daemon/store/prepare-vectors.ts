import { rm } from 'node:fs/promises'
import type { Table as Rows } from 'apache-arrow'
import { placeColumns, range, readPlaces, textsOf } from './arrow-columns.ts'
import { passageBatch, type NumberedPassage } from './arrow-rows.ts'
import type { Gate } from './gate.ts'
import { tableShapes } from './lance-schema.ts'
import { openLanceTable, placesOf, type LanceTable } from './lance-table.ts'
import type { LanceTables } from './lance-tables.ts'
import { indexVectors } from './optimize.ts'
import { flush } from './seals.ts'
import { currentFormat, writeSettings } from './store-settings.ts'
import type { EncodeTerms, PassageTerms, PreparedVectors, StoreSettings } from './store.ts'

/** Commits whose passages are read at once. */
const commitsAtOnce = 512
/** Passages that are written at once: fewer would be many small files. */
const passagesAtOnce = 4096

/** Yields the terms of all passages. Each batch is a read of its own, so that nobody waits for the whole. */
export async function* scanTerms(gate: Gate, signal: AbortSignal): AsyncGenerator<PassageTerms[]> {
  for (let from = 0; from < gate.tables().detailOf.next; from += commitsAtOnce) {
    signal.throwIfAborted()
    const start = from
    const found = await gate.read(async (tables) => {
      const rows = await rowsBetween(tables, start, start + commitsAtOnce)
      const terms = textsOf(rows, 'terms')
      return readPlaces(rows).flatMap(({ number, row: { ordinal } }, index) => {
        const oid = tables.detailOf.oidOf(number)
        return oid === undefined ? [] : [{ oid, ordinal, terms: terms(index) }]
      })
    })
    if (found.length > 0) yield found
  }
}

/**
 * Copies all passages into a table of their own, with new vectors, and makes ready to put it in the other's place.
 *
 * The settings name the table that is in force, so the change is one file that is replaced: a crash before it
 * leaves the old table, and one after it the new. What is left over is removed when the store is opened.
 */
export async function prepareVectors(
  folder: string,
  gate: Gate,
  settings: StoreSettings,
  encode: EncodeTerms,
  signal: AbortSignal,
): Promise<PreparedVectors> {
  const { passages: former } = gate.tables().settings
  const name = nameAfter(former)
  await removeTable(folder, name)
  const shape = { ...tableShapes(settings.dimensions).passages, name }
  const table = await openLanceTable(folder, shape, false)
  const copy = createCopy(table, settings.dimensions, encode)
  const discard = async () => {
    table.close()
    await removeTable(folder, name)
  }
  let copied = 0
  try {
    // Numbers are given before their rows are written: what waits in the queue comes behind those that are.
    const end = await gate.write(async ({ detailOf }) => detailOf.next)
    while (copied < end) {
      signal.throwIfAborted()
      const [from, to] = [copied, Math.min(copied + commitsAtOnce, end)]
      await copy.take(await gate.read((tables) => rowsBetween(tables, from, to)))
      copied = to
    }
    await copy.flush()
    await table.compact(new Date(0))
    await indexVectors(table)
  } catch (error) {
    await discard()
    throw error
  }
  return {
    discard,
    async enforce() {
      await gate.reopen(
        async (tables) => {
          await copy.take(await rowsBetween(tables, copied, tables.detailOf.next))
          await copy.flush()
          table.close()
          await writeSettings(folder, { ...settings, format: currentFormat, passages: name })
        },
        () => removeTable(folder, former),
      )
    },
  }
}

/** Removes a table, if it is there. */
export async function removeTable(folder: string, name: string): Promise<void> {
  const { data, seals } = placesOf(folder, name)
  await rm(data, { recursive: true, force: true })
  await rm(seals, { force: true })
  await flush(folder)
}

function nameAfter(name: string): string {
  return `passages-${Number(/\d+$/.exec(name)?.[0] ?? 0) + 1}`
}

function rowsBetween({ passages }: LanceTables, from: number, to: number): Promise<Rows> {
  const filter = `number >= ${from} AND number < ${to}`
  return passages.native
    .query()
    .select([...placeColumns, 'terms'])
    .where(filter)
    .toArrow()
}

/** Takes rows and writes them with new vectors, many at a time. */
function createCopy(table: LanceTable, dimensions: number, encode: EncodeTerms) {
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
