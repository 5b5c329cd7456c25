import type { Table as Rows } from 'apache-arrow'
import * as columns from './arrow-columns.ts'
import { patchHash } from './arrow-rows.ts'
import type { KnownRow, KnownRows } from './known-rows.ts'
import { loadLance } from './lance.ts'
import { numberIn, type LanceTable } from './lance-table.ts'
import type { LanceTables } from './lance-tables.ts'
import type { OidIndex } from './oid-index.ts'
import { exactUpTo } from './optimize.ts'
import type { DetailRow, EpisodeFacts, EpisodeRow, Headline, Match, PassageRow, TextColumn } from './store.ts'
import { wordsOf } from './words.ts'

/** Rows that are read at once: each may name thousands of paths. */
const rowsAtOnce = 8000

/** Returns the facts of the episodes with the numbers from this one on, and where to go on; nowhere at the end. */
export async function factsFrom(
  tables: LanceTables,
  from: number,
): Promise<{ facts: EpisodeFacts[]; next?: number }> {
  const { episodes, episodeOf } = tables
  if (from >= episodeOf.next) return { facts: [] }
  const next = from + rowsAtOnce
  const filter = `number >= ${from} AND number < ${next}`
  const rows = await episodes.native.query().select(columns.factColumns).where(filter).toArrow()
  return { facts: current(columns.readFacts(rows), episodeOf), next }
}

/** Returns the episodes of these commits. */
export async function episodes(tables: LanceTables, oids: readonly string[]): Promise<EpisodeRow[]> {
  const { episodes, episodeOf } = tables
  const rows = await byNumber(episodes, columns.episodeColumns, numbersOf(episodeOf, oids))
  return inOrder(current(rows.flatMap(columns.readEpisodes), episodeOf), oids)
}

/** Returns the messages of these commits. */
export async function headlines(tables: LanceTables, oids: readonly string[]): Promise<Headline[]> {
  const { episodes, episodeOf } = tables
  const numbers = numbersOf(episodeOf, oids)
  const rows =
    (await byAddress(tables, numbers)) ?? (await byNumber(episodes, columns.headlineColumns, numbers))
  const found = rows.flatMap(columns.readMessages).map(({ number, row: message }) => {
    const oid = episodeOf.oidOf(number)
    return oid === undefined ? undefined : { oid, message }
  })
  return inOrder(
    found.filter((one) => one !== undefined),
    oids,
  )
}

/** Takes rows from where they are, in half the time of looking for them; undefined when some were moved since. */
async function byAddress(
  { episodes, knownEpisodes }: LanceTables,
  numbers: readonly number[],
): Promise<Rows[] | undefined> {
  const addresses = numbers.map(knownEpisodes.addressOf).filter((address) => address !== undefined)
  if (addresses.length < numbers.length || numbers.length === 0) return undefined
  const rows = await episodes.native
    .takeRowIds(addresses)
    .select([...columns.headlineColumns])
    .toArrow()
  return rows.numRows < numbers.length ? undefined : [rows]
}

/** Returns the details of these commits. */
export async function details(tables: LanceTables, oids: readonly string[]): Promise<DetailRow[]> {
  const { details, detailOf } = tables
  const rows = await byNumber(details, columns.detailColumns, numbersOf(detailOf, oids))
  return inOrder(current(rows.flatMap(columns.readDetails), detailOf), oids)
}

/** Returns the details that have one of these patch ids. */
export async function withPatchIds(tables: LanceTables, patchIds: readonly string[]): Promise<DetailRow[]> {
  const { details, detailOf } = tables
  const hashes = [...new Set(patchIds.filter((id) => id !== '').map(patchHash))]
  const rows = await byNumber(details, columns.detailColumns, hashes, 'patchHash')
  const wanted = new Set(patchIds)
  const found = current(rows.flatMap(columns.readDetails), detailOf)
  return found.filter(({ patchId }) => patchId !== undefined && wanted.has(patchId))
}

/** Returns where the passages of these commits are. */
export async function passages(
  tables: LanceTables,
  oids: readonly string[],
): Promise<Omit<PassageRow, 'terms' | 'vector'>[]> {
  const numbers = numbersOf(tables.detailOf, oids)
  const rows = await byNumber(tables.passages, columns.placeColumns, numbers)
  const places = rows.flatMap(columns.readPlaces).toSorted((a, b) => a.row.ordinal - b.row.ordinal)
  const byOwner = Map.groupBy(places, ({ number }) => number)
  return oids.flatMap((oid) => {
    const owned = byOwner.get(tables.detailOf.numberOf(oid) ?? -1) ?? []
    return owned.map(({ row: { ordinal, ...place } }) => ({ key: `${oid}:${ordinal}`, oid, ...place }))
  })
}

/** Returns the rows that hold any of the words, best first. */
export async function searchText(
  tables: LanceTables,
  column: TextColumn,
  question: string,
  limit: number,
): Promise<Match[]> {
  const words = wordsOf(column, question)
  if (words.length === 0 || limit < 1) return []
  const { MatchQuery } = await loadLance()
  const query = new MatchQuery(words.join(' '), column)
  const [table, known, matchOf] =
    column === 'terms'
      ? ([tables.passages, tables.knownPassages, passageOf] as const)
      : ([tables.episodes, tables.knownEpisodes, episodeOf] as const)
  const find = () =>
    table.native.query().fullTextSearch(query).select(['_rowid', '_score']).limit(limit).toArrow()
  return matchesOf(await findKnown(find, known), tables, matchOf, (rows) => columns.numbersOf(rows, '_score'))
}

/** Returns the passages whose vectors are nearest, best first. */
export async function searchVector(
  tables: LanceTables,
  vector: Float32Array,
  limit: number,
  embedder: string,
): Promise<Match[]> {
  if (limit < 1 || embedder !== tables.settings.embedder) return []
  const query = tables.passages.native.vectorSearch(vector).distanceType('dot').limit(limit)
  if ((await tables.passages.native.countRows()) > exactUpTo) query.nprobes(32).refineFactor(2)
  const find = () => query.select(['_rowid', '_distance']).toArrow()
  return matchesOf(await findKnown(find, tables.knownPassages), tables, passageOf, (rows) => {
    const distance = columns.numbersOf(rows, '_distance')
    return (index) => 1 - distance(index)
  })
}

/** What a search found, and what is known of each row. */
interface Found {
  readonly rows: Rows
  readonly known: readonly (KnownRow | undefined)[]
}

/** How often is searched again when rows were moved between being found and being looked up. */
const mostSearches = 3

/** Searches for the addresses of rows alone, and says what stands there. */
async function findKnown(find: () => Promise<Rows>, knownRows: KnownRows): Promise<Found> {
  for (let searches = 1; ; searches += 1) {
    const rows = await find()
    const address = columns.numbersOf(rows, '_rowid')
    const known = await knownRows.at(columns.range(rows, address))
    if (searches === mostSearches || !known.includes(undefined)) return { rows, known }
  }
}

function matchesOf(
  { rows, known }: Found,
  tables: LanceTables,
  matchOf: (row: KnownRow, tables: LanceTables) => Omit<Match, 'score'> | undefined,
  scoresOf: (rows: Rows) => (index: number) => number,
): Match[] {
  const score = scoresOf(rows)
  const matches = known.flatMap((row, index) => {
    const match = row && matchOf(row, tables)
    return match === undefined ? [] : [{ ...match, score: score(index) }]
  })
  return matches.toSorted((a, b) => b.score - a.score)
}

function episodeOf({ integers: [number = 0] }: KnownRow, tables: LanceTables): { oid: string } | undefined {
  const oid = tables.episodeOf.oidOf(number)
  return oid === undefined ? undefined : { oid }
}

function passageOf(
  { integers: [number = 0, ordinal = 0, startLine = 0, endLine = 0], text: path }: KnownRow,
  { detailOf }: LanceTables,
): Omit<Match, 'score'> | undefined {
  const oid = detailOf.oidOf(number)
  return oid === undefined ? undefined : { oid, key: `${oid}:${ordinal}`, path, startLine, endLine }
}

async function byNumber(
  table: LanceTable,
  selected: readonly string[],
  numbers: readonly number[],
  column = 'number',
): Promise<Rows[]> {
  const found: Rows[] = []
  for (let from = 0; from < numbers.length; from += rowsAtOnce) {
    const filter = numberIn(numbers.slice(from, from + rowsAtOnce), column)
    found.push(
      await table.native
        .query()
        .select([...selected])
        .where(filter)
        .toArrow(),
    )
  }
  return found
}

function numbersOf(index: OidIndex, oids: readonly string[]): number[] {
  return [...new Set(oids)].map((oid) => index.numberOf(oid)).filter((number) => number !== undefined)
}

/** Leaves out rows that another has replaced, or that nobody was told of yet. */
function current<T extends { readonly oid: string }>(
  rows: readonly columns.Numbered<T>[],
  index: OidIndex,
): T[] {
  return rows.filter(({ number, row }) => index.numberOf(row.oid) === number).map(({ row }) => row)
}

function inOrder<T extends { readonly oid: string }>(rows: readonly T[], oids: readonly string[]): T[] {
  const byOid = new Map(rows.map((row) => [row.oid, row]))
  return oids.map((oid) => byOid.get(oid)).filter((row) => row !== undefined)
}
