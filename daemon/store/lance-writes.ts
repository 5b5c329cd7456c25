import { detailBatch, episodeBatch, passageBatch } from './arrow-rows.ts'
import type { LanceTables } from './lance-tables.ts'
import type { OidIndex } from './oid-index.ts'
import { checkVectors, ordinalOf } from './passage-checks.ts'
import type { DetailRow, EpisodeRow, PassageRow } from './store.ts'

/** Adds the rows, and then removes those they replace. */
export async function putEpisodes(tables: LanceTables, rows: readonly EpisodeRow[]): Promise<void> {
  const { episodes, episodeOf } = tables
  const fresh = lastOfEach(rows)
  if (fresh.length === 0) return
  const first = take(episodeOf, fresh.length)
  await episodes.add(episodeBatch(episodes.shape.schema, fresh, first))
  await episodes.remove(replace(episodeOf, fresh, first))
}

/** Adds details and passages under numbers of their own, and then removes those they replace. */
export async function putDetails(
  tables: LanceTables,
  rows: readonly DetailRow[],
  passages: readonly PassageRow[],
): Promise<void> {
  const { details, detailOf } = tables
  const { dimensions } = tables.settings
  checkVectors(passages, dimensions)
  const fresh = lastOfEach(rows)
  if (fresh.length === 0 && passages.length === 0) return

  const first = take(detailOf, fresh.length)
  const numbers = new Map(fresh.map(({ oid }, index) => [oid, first + index]))
  const numbered = lastPassages(passages).map((row) => ({
    row,
    number: numbers.get(row.oid) ?? unowned(row),
    ordinal: ordinalOf(row),
  }))
  const counts = new Map<string, number>()
  for (const { row } of numbered) counts.set(row.oid, (counts.get(row.oid) ?? 0) + 1)
  const counted = fresh.map((row) => ({ row, passages: counts.get(row.oid) ?? 0 }))

  // Details say how many passages they have, so it does not matter which of the two a crash leaves out.
  const [schema, passageSchema] = [details.shape.schema, tables.passages.shape.schema]
  const written = await Promise.allSettled([
    numbered.length === 0
      ? undefined
      : tables.passages.add(passageBatch(passageSchema, numbered, dimensions)),
    details.add(detailBatch(schema, counted, first)),
  ])
  for (const result of written) if (result.status === 'rejected') throw result.reason

  const elders = replace(detailOf, fresh, first)
  await details.remove(elders)
  await tables.passages.remove(elders)
}

/** Reserves numbers before they are written, so that none is used again after a write that failed half-way. */
function take(index: OidIndex, count: number): number {
  const first = index.next
  if (count > 0) index.reserve(first + count - 1)
  return first
}

/** Makes the numbers from `first` on those of the rows, and returns the numbers that they had before. */
function replace(index: OidIndex, rows: readonly { readonly oid: string }[], first: number): number[] {
  const elders = rows.map(({ oid }) => index.numberOf(oid)).filter((number) => number !== undefined)
  for (const [offset, { oid }] of rows.entries()) index.set(oid, first + offset)
  return elders
}

function lastOfEach<T extends { readonly oid: string }>(rows: readonly T[]): T[] {
  return [...new Map(rows.map((row) => [row.oid, row])).values()]
}

function lastPassages(rows: readonly PassageRow[]): PassageRow[] {
  return [...new Map(rows.map((row) => [row.key, row])).values()]
}

function unowned({ key }: PassageRow): never {
  throw new Error(`The passage ${key} was put without its commit's details.`)
}
