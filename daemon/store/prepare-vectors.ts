import { rm } from 'node:fs/promises'
import { readPlaces, textsOf } from './arrow-columns.ts'
import { commitsAtOnce, createCopy, rowsBetween, type CopyPassages } from './copy-passages.ts'
import type { Gate } from './gate.ts'
import { tableShapes } from './lance-schema.ts'
import { openLanceTable, placesOf } from './lance-table.ts'
import { flush } from './seals.ts'
import { currentFormat, writeSettings } from './store-settings.ts'
import type { EncodeTerms, PassageTerms, PreparedVectors, StoreSettings } from './store.ts'

/** Yields the terms of all passages. Each batch is a read of its own, so that nobody waits for the whole. */
export async function* scanTerms(gate: Gate, signal: AbortSignal): AsyncGenerator<PassageTerms[]> {
  for (let from = 0; from < gate.tables().detailOf.next; from += commitsAtOnce) {
    signal.throwIfAborted()
    const start = from
    const found = await gate.read(async ({ passages, detailOf }) => {
      const rows = await rowsBetween(passages.native, start, start + commitsAtOnce)
      const terms = textsOf(rows, 'terms')
      return readPlaces(rows).flatMap(({ number, row: { ordinal } }, index) => {
        const oid = detailOf.oidOf(number)
        return oid === undefined ? [] : [{ oid, ordinal, terms: terms(index) }]
      })
    })
    if (found.length > 0) yield found
  }
}

/** A store whose vectors are replaced, and what copies its passages. */
interface Replaced {
  readonly folder: string
  readonly gate: Gate
  readonly copy: CopyPassages
}

/**
 * Copies all passages into a table of their own, with new vectors, and makes ready to put it in the other's place.
 *
 * The settings name the table that is in force, so the change is one file that is replaced: a crash before it
 * leaves the old table, and one after it the new. What is left over is removed when the store is opened.
 */
export async function prepareVectors(
  { folder, gate, copy }: Replaced,
  settings: StoreSettings,
  encode: EncodeTerms,
  signal: AbortSignal,
): Promise<PreparedVectors> {
  const { passages: former } = gate.tables().settings
  const name = nameAfter(former)
  await removeTable(folder, name)
  // Numbers are given before their rows are written: what waits in the queue comes behind those that are.
  const end = await gate.write(async ({ detailOf }) => detailOf.next)
  const open = async () => {
    signal.throwIfAborted()
    await copy({ ...settings, folder, from: former, to: name, end }, encode, signal)
    return openLanceTable(folder, { ...tableShapes(settings.dimensions).passages, name }, true)
  }
  const table = await open().catch(async (error: unknown) => {
    await removeTable(folder, name)
    throw error
  })
  return {
    async discard() {
      table.close()
      await removeTable(folder, name)
    },
    async enforce() {
      const rest = createCopy(table, settings.dimensions, encode)
      await gate.reopen(
        async ({ passages, detailOf }) => {
          await rest.take(await rowsBetween(passages.native, end, detailOf.next))
          await rest.flush()
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
