import type * as Lance from '@lancedb/lancedb'

export type LanceModule = typeof Lance

/** What the native library takes from the environment; it reads them once, when it is first used. */
const bounds = {
  // Every thread that builds an index holds a part of it in memory; more than two gain nothing for one repository.
  LANCE_CPU_THREADS: '2',
  LANCE_FTS_NUM_SHARDS: '2',
  // Otherwise it says on stderr that a table that is being created was not there.
  LANCEDB_LOG: 'error',
}

/** Loads the native library with bounds on its threads and its memory, unless the environment sets others. */
export async function loadLance(): Promise<LanceModule> {
  for (const [name, value] of Object.entries(bounds)) process.env[name] ??= value
  return import('@lancedb/lancedb')
}

/**
 * Opens the database of a folder, for one table.
 *
 * Its caches are bounded, because their defaults are six gigabytes and one. Before version 2.2 of its files, no block of
 * texts could have more than 32 KiB: a commit of ten thousand files was not to be written.
 */
export async function connect(folder: string, cacheBytes: number): Promise<Lance.Connection> {
  const lance = await loadLance()
  const session = new lance.Session(BigInt(cacheBytes), BigInt(Math.ceil(cacheBytes / 4)))
  return lance.connect(folder, { session, storageOptions: { new_table_data_storage_version: '2.2' } })
}
