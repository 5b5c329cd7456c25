import { readdir, rename, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { firstLine, refusalOf } from './lance-errors.ts'
import type { TableShape } from './lance-schema.ts'
import { openLanceTable, placesOf, type LanceTable } from './lance-table.ts'
import { flush, makeFolder, openSeals, whenMissing } from './seals.ts'

/** A table and what was read from it to prove that it can be. */
export interface Opened<T> {
  readonly table: LanceTable
  readonly loaded: T
}

/** How many versions are given up before the whole table is. */
const maxStepsBack = 3

/**
 * Opens a table, whatever a crash or the disk has done to it.
 *
 * What cannot be read is moved aside and never deleted: first the newest version, since a crash may have left
 * it half written, then the whole table, which starts empty and is filled again from git. What the operating
 * system refuses is no damage, and is thrown.
 */
export async function openHealed<T>(
  folder: string,
  shape: TableShape,
  load: (table: LanceTable) => Promise<T>,
  onHealed: (detail: string) => void,
): Promise<Opened<T>> {
  for (const detail of await mendBreaches(folder, shape.name)) onHealed(detail)

  for (let step = 0; ; step++) {
    const versions = await versionsOf(folder, shape.name)
    const attempt = await tryOpen(folder, shape, versions.length > 0, load)
    if ('table' in attempt) return attempt

    const why = firstLine(attempt.error)
    if (refusalOf(attempt.error) !== undefined || versions.length === 0) throw attempt.error
    const newest = versions.length > 1 && step < maxStepsBack ? versions[0] : undefined
    if (newest === undefined) onHealed(await quarantine(folder, shape.name, why))
    else onHealed(await stepBack(folder, shape.name, newest, why))
  }
}

/** Moves a table aside, so that it starts empty when it is opened next. Returns what was done, in words. */
async function quarantine(folder: string, name: string, why: string): Promise<string> {
  const target = await moveAside(folder, name, placesOf(folder, name).data)
  return `The ${name} could not be read (${why}); they were moved to ${target} and are read again from git.`
}

async function tryOpen<T>(
  folder: string,
  shape: TableShape,
  isThere: boolean,
  load: (table: LanceTable) => Promise<T>,
): Promise<Opened<T> | { readonly error: unknown }> {
  try {
    const table = await openLanceTable(folder, shape, isThere)
    try {
      return { table, loaded: await load(table) }
    } catch (error) {
      table.close()
      throw error
    }
  } catch (error) {
    return { error }
  }
}

/** Moves aside what is not what was sealed. A manifest is a version, without which the one before counts. */
async function mendBreaches(folder: string, name: string): Promise<string[]> {
  const places = placesOf(folder, name)
  const seals = await openSeals(places.data, places.seals)
  const damaged = await seals.damaged()
  const data = damaged.find(isData)
  const details =
    data === undefined ? [] : [await quarantine(folder, name, `${data} is not what was written`)]
  for (const path of data === undefined ? damaged : []) {
    const target = await moveAside(folder, name, join(places.data, path))
    details.push(`A version of the ${name} was not what was written; it was moved to ${target}.`)
  }
  if (damaged.length > 0) await seals.trim()
  return details
}

/** Manifests and transactions are versions of a table; what lies elsewhere is what they speak of. */
function isData(path: string): boolean {
  return !path.startsWith('_versions') && !path.startsWith('_transactions')
}

async function stepBack(folder: string, name: string, newest: string, why: string): Promise<string> {
  const target = await moveAside(folder, name, newest)
  return `The newest version of the ${name} could not be read (${why}); it was moved to ${target}.`
}

/** Newest first: the names count down from the largest number there is. */
async function versionsOf(folder: string, name: string): Promise<string[]> {
  const versions = join(placesOf(folder, name).data, '_versions')
  const names = await readdir(versions).catch(whenMissing([]))
  return names
    .filter((file) => file.endsWith('.manifest'))
    .toSorted()
    .map((file) => join(versions, file))
}

async function moveAside(folder: string, name: string, path: string): Promise<string> {
  const cellar = join(folder, 'quarantine')
  await makeFolder(cellar)
  const target = await freeName(join(cellar, `${name}-${basename(path)}`))
  await rename(path, target)
  await Promise.all([flush(cellar), flush(folder)])
  return target
}

async function freeName(path: string): Promise<string> {
  for (let count = 1; ; count++) {
    const name = `${path}.${count}`
    if ((await stat(name).catch(whenMissing(undefined))) === undefined) return name
  }
}
