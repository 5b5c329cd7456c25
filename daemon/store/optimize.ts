import type { LanceTable } from './lance-table.ts'
import type { LanceTables } from './lance-tables.ts'

/** Passages that are searched one by one; an index answers no sooner below this. */
export const exactUpTo = 50_000
/** Passages in one part of the vector index. */
const rowsPerPartition = 2000

/**
 * Returns the steps of an optimisation, so that writes need not wait for all of them.
 *
 * Versions that are older than the date by then are removed last, when nobody reads them any more.
 */
export function optimizeTables(
  drained: () => Promise<boolean>,
  cleanupOlderThan: () => Date,
): ((tables: LanceTables) => Promise<void>)[] {
  const names = ['episodes', 'details', 'passages'] as const
  const never = new Date(0)
  return [
    ...names.map((name) => (tables: LanceTables) => tables[name].compact(never)),
    ({ passages }) => indexVectors(passages),
    ...names.map((name) => async (tables: LanceTables) => {
      if (await drained()) await tables[name].compact(cleanupOlderThan())
    }),
  ]
}

/** Indexes the vectors once there are many; those that are added later join the index. */
export async function indexVectors(passages: LanceTable): Promise<void> {
  const rows = await passages.native.countRows()
  if (rows <= exactUpTo || (await passages.native.indexStats('vector_idx')) !== undefined) return
  await passages.indexVectors(Math.ceil(rows / rowsPerPartition))
}
