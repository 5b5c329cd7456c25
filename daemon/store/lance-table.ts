import { join } from 'node:path'
import type { Connection, Index, Table as NativeTable } from '@lancedb/lancedb'
import type { Table as Rows } from 'apache-arrow'
import { connect, loadLance, type LanceModule } from './lance.ts'
import type { IndexKind, TableShape } from './lance-schema.ts'
import { openSeals, type Seals } from './seals.ts'

/** A table on disk, whose changes are durable when their promises are fulfilled. */
export interface LanceTable {
  readonly shape: TableShape
  /** For reading. What is read is one version, whatever is written meanwhile. */
  readonly native: NativeTable
  readonly seals: Seals
  add(rows: Rows): Promise<void>
  /** Removes the rows that have these numbers. */
  remove(numbers: readonly number[]): Promise<void>
  /** Merges small files and brings the indexes level; removes versions that were replaced before the date. */
  compact(cleanupOlderThan: Date): Promise<void>
  /** Indexes the vectors anew. */
  indexVectors(partitions: number): Promise<void>
  /** Returns how many rows an index does not cover. */
  unindexed(column: string): Promise<number>
  close(): void
}

/** Where a table is: its folder, and the file of its seals. */
export function placesOf(folder: string, name: string): { readonly data: string; readonly seals: string } {
  return { data: join(folder, `${name}.lance`), seals: join(folder, 'seals', name) }
}

/** Opens a table that is there, or creates it with its indexes, so that what is added later is found at once. */
export async function openLanceTable(
  folder: string,
  shape: TableShape,
  isThere: boolean,
): Promise<LanceTable> {
  const lance = await loadLance()
  const database = await connect(folder, shape.cacheBytes)
  const places = placesOf(folder, shape.name)
  const seals = await openSeals(places.data, places.seals)
  try {
    const native = isThere ? await database.openTable(shape.name) : await create(database, shape, lance)
    await seals.seal()
    return tableOf(lance, database, native, shape, seals)
  } catch (error) {
    database.close()
    throw error
  }
}

/** Opens a table that another process may write, for reading the version that is its newest now. */
export async function openToRead(
  folder: string,
  shape: TableShape,
): Promise<Pick<LanceTable, 'native' | 'close'>> {
  const database = await connect(folder, shape.cacheBytes)
  try {
    const native = await database.openTable(shape.name)
    return { native, close: () => closeAll(native, database) }
  } catch (error) {
    database.close()
    throw error
  }
}

function closeAll(native: NativeTable, database: Connection): void {
  native.close()
  database.close()
}

function tableOf(
  lance: LanceModule,
  database: Connection,
  native: NativeTable,
  shape: TableShape,
  seals: Seals,
): LanceTable {
  return {
    shape,
    native,
    seals,
    async add(rows) {
      await native.add(rows)
      await seals.seal()
    },
    async remove(numbers) {
      for (let from = 0; from < numbers.length; from += 1000) {
        await native.delete(numberIn(numbers.slice(from, from + 1000)))
      }
      await seals.seal()
    },
    async compact(cleanupOlderThan) {
      await native.optimize({ cleanupOlderThan, deleteUnverified: true })
      await seals.seal()
      await seals.trim()
    },
    async indexVectors(partitions) {
      const config = lance.Index.ivfRq({ distanceType: 'dot', numPartitions: partitions })
      await native.createIndex('vector', { config, replace: true })
      await seals.seal()
    },
    async unindexed(column) {
      const stats = await native.indexStats(`${column}_idx`)
      return stats?.numUnindexedRows ?? (await native.countRows())
    },
    close: () => closeAll(native, database),
  }
}

/** Returns a filter for rows by their number. */
export function numberIn(numbers: readonly number[], column = 'number'): string {
  return `${column} IN (${numbers.join(',')})`
}

async function create(database: Connection, shape: TableShape, lance: LanceModule): Promise<NativeTable> {
  const table = await database.createEmptyTable(shape.name, shape.schema, { mode: 'overwrite' })
  for (const [column, kind] of Object.entries(shape.indexes)) {
    await table.createIndex(column, { config: indexOf(kind, lance) })
  }
  return table
}

/**
 * Endings are cut everywhere: who asks why it `crashes` means the lines that say `crash`.
 *
 * With it, on the oldest 60 % of five histories, the reciprocal rank of a diff that its subject is asked for rose by −1
 * to 7 % by its changed lines alone.
 */
const endings = { language: 'English', stem: true, withPosition: false } as const
const prose = { ...endings, baseTokenizer: 'simple', lowercase: true, asciiFolding: true } as const

function indexOf(kind: IndexKind, { Index }: LanceModule): Index {
  switch (kind) {
    case 'numbers':
      return Index.btree()
    case 'prose':
      return Index.fts({ ...prose, removeStopWords: true })
    case 'paths':
      return Index.fts({ ...prose, removeStopWords: false })
    case 'terms':
      return Index.fts({
        ...endings,
        baseTokenizer: 'whitespace',
        maxTokenLength: 128,
        removeStopWords: false,
        lowercase: false,
        asciiFolding: false,
      })
  }
}
