import { numbersOf, textsOf } from './arrow-columns.ts'
import { createKnownRows, type KnownRows } from './known-rows.ts'
import { openHealed, type Opened } from './heal.ts'
import { tableShapes } from './lance-schema.ts'
import type { LanceTable } from './lance-table.ts'
import type { KeptSettings } from './store-settings.ts'
import { createOidIndex, type OidIndex } from './oid-index.ts'

/** The tables of a store, and which row of them belongs to a commit. */
export interface LanceTables {
  readonly episodes: LanceTable
  readonly details: LanceTable
  readonly passages: LanceTable
  /** The number of each episode. */
  readonly knownEpisodes: KnownRows
  /** The number, ordinal, first and last line of each passage, and its path. */
  readonly knownPassages: KnownRows
  readonly episodeOf: OidIndex
  /** Passages carry the same numbers. */
  readonly detailOf: OidIndex
  /** Whose vectors the passages have. */
  readonly settings: KeptSettings
  close(): void
}

/**
 * Opens the tables and removes what a crash left in them: rows that were replaced, passages without details,
 * and details some of whose passages are missing.
 */
export async function openTables(
  folder: string,
  settings: KeptSettings,
  onHealed: (detail: string) => void,
): Promise<LanceTables> {
  const opened = await openAll(folder, settings, onHealed)
  const episodeOf = await indexEpisodes(opened)
  const detailOf = await indexDetails(opened, onHealed)
  const { episodes, details, passages } = opened
  return { ...namedTables(episodes.table, details.table, passages.table), episodeOf, detailOf, settings }
}

// What was loaded must not outlive the opening: a closure in the function above would keep it for good.
function namedTables(
  episodes: LanceTable,
  details: LanceTable,
  passages: LanceTable,
): Omit<LanceTables, 'episodeOf' | 'detailOf' | 'settings'> {
  return {
    episodes,
    details,
    passages,
    knownEpisodes: createKnownRows(episodes.native, { integers: ['number'] }),
    knownPassages: createKnownRows(passages.native, {
      integers: ['number', 'ordinal', 'startLine', 'endLine'],
      text: 'path',
    }),
    close() {
      for (const table of [episodes, details, passages]) table.close()
    },
  }
}

/** The tables with what was read from them. */
interface OpenedTables {
  readonly episodes: Opened<NumberedOid[]>
  readonly details: Opened<NumberedOid[]>
  /** How many passages each number has. */
  readonly passages: Opened<Map<number, number>>
}

/** Opens one table after the other: what they take to be read at once is never given back by the C library. */
async function openAll(
  folder: string,
  settings: KeptSettings,
  onHealed: (detail: string) => void,
): Promise<OpenedTables> {
  const shapes = tableShapes(settings.dimensions)
  const passageShape = { ...shapes.passages, name: settings.passages }
  const episodes = await openHealed(folder, shapes.episodes, loadNumbers, onHealed)
  const passages = await openHealed(folder, passageShape, countPassages, onHealed)
  const details = await openHealed(folder, shapes.details, loadNumbers, onHealed)
  return { episodes, details, passages }
}

async function indexEpisodes({ episodes }: OpenedTables): Promise<OidIndex> {
  const episodeOf = createOidIndex()
  await episodes.table.remove(fill(episodeOf, episodes.loaded))
  return episodeOf
}

async function indexDetails(
  { details, passages }: OpenedTables,
  onHealed: (detail: string) => void,
): Promise<OidIndex> {
  const counts = passages.loaded
  const isWhole = ({ number, passages }: NumberedOid) => (counts.get(number) ?? 0) === passages
  const whole = details.loaded.filter(isWhole)
  const torn = details.loaded.filter((row) => !isWhole(row))
  const detailOf = createOidIndex()
  const elders = fill(detailOf, whole)
  for (const { number } of torn) detailOf.reserve(number)
  for (const number of counts.keys()) detailOf.reserve(number)
  await details.table.remove([...elders, ...torn.map(({ number }) => number)])
  await passages.table.remove([...counts.keys()].filter((number) => detailOf.oidOf(number) === undefined))
  if (!wasCutShort(torn, whole))
    onHealed(`Passages of ${torn.length} commits were lost and are read again from git.`)
  return detailOf
}

/** Says whether at most the last write is torn: a crash during it loses nothing that was acknowledged. */
function wasCutShort(torn: readonly NumberedOid[], whole: readonly NumberedOid[]): boolean {
  const last = whole.reduce((most, { number }) => Math.max(most, number), -1)
  return torn.every(({ number }) => last >= 0 && number > last)
}

interface NumberedOid {
  readonly number: number
  readonly oid: string
  /** How many passages belong to the row; 0 for episodes. */
  readonly passages: number
}

/** Fills the index and returns the numbers of rows that another row has replaced. */
function fill(index: OidIndex, rows: readonly NumberedOid[]): number[] {
  const inOrder = rows.toSorted((a, b) => a.number - b.number)
  for (const { oid, number } of inOrder) index.set(oid, number)
  return inOrder.filter(({ number }) => index.oidOf(number) === undefined).map(({ number }) => number)
}

async function loadNumbers(table: LanceTable): Promise<NumberedOid[]> {
  await probe(table)
  const counted = table.shape.name === 'details'
  const rows: NumberedOid[] = []
  for await (const batch of table.native
    .query()
    .select(['number', 'oid', ...(counted ? ['passages'] : [])])) {
    const [number, oid] = [numbersOf(batch, 'number'), textsOf(batch, 'oid')]
    const passages = counted ? numbersOf(batch, 'passages') : () => 0
    for (let index = 0; index < batch.numRows; index++) {
      rows.push({ number: number(index), oid: oid(index), passages: passages(index) })
    }
  }
  return rows
}

/** Returns how many passages each number has. */
async function countPassages(table: LanceTable): Promise<Map<number, number>> {
  await probe(table)
  const counts = new Map<number, number>()
  for await (const batch of table.native.query().select(['number'])) {
    const number = numbersOf(batch, 'number')
    for (let index = 0; index < batch.numRows; index++) {
      counts.set(number(index), (counts.get(number(index)) ?? 0) + 1)
    }
  }
  return counts
}

/** Asks each index something, because one whose files are missing fails only when it is asked. */
async function probe(table: LanceTable): Promise<void> {
  for (const [column, kind] of Object.entries(table.shape.indexes)) {
    if (kind === 'numbers') await table.native.query().where(`${column} = 0`).limit(1).toArrow()
    else await table.native.query().fullTextSearch('a', { columns: column }).limit(1).toArrow()
  }
}
