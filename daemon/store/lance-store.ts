import { readdir, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { copyPassages, type CopyPassages } from './copy-passages.ts'
import { createGate, type Gate } from './gate.ts'
import { storeError } from './lance-errors.ts'
import * as reading from './lance-reads.ts'
import { openTables, type LanceTables } from './lance-tables.ts'
import * as writing from './lance-writes.ts'
import { optimizeTables } from './optimize.ts'
import { prepareVectors, removeTable, scanTerms } from './prepare-vectors.ts'
import { makeFolder, whenMissing } from './seals.ts'
import type { EpisodeFacts, MemoryStore, StoreSettings, StoreSize } from './store.ts'
import {
  currentFormat,
  firstPassages,
  readSettings,
  writeSettings,
  type KeptSettings,
} from './store-settings.ts'
import { createUpkeep } from './upkeep.ts'

/** What a store is opened with: whose vectors it keeps, and what follows. */
export interface LanceStoreOptions extends StoreSettings {
  /** How long replaced versions stay, for those who may still read them. */
  readonly graceMs: number
  readonly now: () => number
  /** Told in words what was damaged and what became of it. What was lost is missing from the ids. */
  readonly onHealed: (detail: string) => void
  /** Copies passages when their vectors are replaced, in another process perhaps; by default in this one. */
  readonly copy?: CopyPassages
}

/**
 * Opens the memory in a folder, creating and mending what it must.
 *
 * When the vectors in it were made by another embedder, they are removed with the details of their commits:
 * `completeIds` is then empty, and what is missing is read again from git. Episodes stay searchable. What has an older
 * form is removed as a whole.
 */
export async function openLanceStore(folder: string, options: LanceStoreOptions): Promise<MemoryStore> {
  const { graceMs, now, onHealed, copy = copyPassages } = options
  if (!isAbsolute(folder)) throw new Error(`The folder of a store must be absolute: ${folder}`)
  const open = async () => openTables(folder, (await readSettings(folder)) ?? fresh(options), onHealed)
  const opened = await prepare(folder, options)
    .then(open)
    .catch((error: unknown) => {
      throw storeError(error, folder)
    })
  const gate = createGate(folder, opened, open)
  let copying = 0
  const upkeep = createUpkeep(async () => {
    const steps = optimizeTables(
      () => gate.drained(),
      // Who copies reads a version for as long as it takes, and the gate knows nothing of other processes.
      () => new Date(copying > 0 ? 0 : now() - graceMs),
    )
    for (const step of steps) await gate.write(step)
  })

  return {
    get embedder() {
      return gate.tables().settings.embedder
    },
    get dimensions() {
      return gate.tables().settings.dimensions
    },
    episodeIds: () => gate.read(async ({ episodeOf }) => episodeOf.oids()),
    completeIds: () => gate.read(async ({ detailOf }) => detailOf.oids()),
    scanFacts: (signal) => scanFacts(gate, signal),
    putEpisodes: (rows) => upkeep.after(gate.write((tables) => writing.putEpisodes(tables, rows))),
    putDetails: (rows, passages) =>
      upkeep.after(gate.write((tables) => writing.putDetails(tables, rows, passages))),
    episodes: (oids) => gate.read((tables) => reading.episodes(tables, oids)),
    headlines: (oids) => gate.read((tables) => reading.headlines(tables, oids)),
    details: (oids) => gate.read((tables) => reading.details(tables, oids)),
    passages: (oids) => gate.read((tables) => reading.passages(tables, oids)),
    withPatchIds: (patchIds) => gate.read((tables) => reading.withPatchIds(tables, patchIds)),
    searchText: (column, words, limit) =>
      gate.read((tables) => reading.searchText(tables, column, words, limit)),
    searchVector: (vector, limit, embedder) =>
      gate.read((tables) => reading.searchVector(tables, vector, limit, embedder)),
    scanTerms: (signal) => scanTerms(gate, signal),
    async prepareVectors(settings, encode, signal) {
      copying++
      try {
        return await prepareVectors({ folder, gate, copy }, settings, encode, signal)
      } finally {
        copying--
      }
    },
    optimize: upkeep.run,
    whileStill: (work) => gate.write(work),
    size: () => gate.read((tables) => sizeOf(folder, tables)),
    close: () => gate.close(),
  }
}

/** Each batch is a read of its own. An episode that is replaced meanwhile may come twice, but is not missed. */
async function* scanFacts(gate: Gate, signal: AbortSignal): AsyncGenerator<EpisodeFacts[]> {
  let from: number | undefined = 0
  while (from !== undefined) {
    signal.throwIfAborted()
    const start: number = from
    const { facts, next } = await gate.read((tables) => reading.factsFrom(tables, start))
    if (facts.length > 0) yield facts
    from = next
  }
}

/** Makes sure that the vectors in the folder are this embedder's; it is written down when they are. */
async function prepare(folder: string, options: LanceStoreOptions): Promise<void> {
  await makeFolder(join(folder, 'seals'))
  const kept = await readSettings(folder)
  if (kept !== undefined && kept.format < currentFormat) {
    await removeTables(folder, () => true)
    await writeSettings(folder, fresh(options))
    return options.onHealed('The memory had an older form; the history is read again from git.')
  }
  if (kept?.embedder === options.embedder && kept.dimensions === options.dimensions) {
    return removeTables(folder, (name) => name.startsWith(firstPassages) && name !== kept.passages)
  }
  await removeTables(folder, (name) => name === 'details' || name.startsWith(firstPassages))
  await writeSettings(folder, fresh(options))
  if (kept === undefined) return
  options.onHealed(
    `The embedder was ${kept.embedder} and is ${options.embedder}; hunks are read again from git.`,
  )
}

function fresh({ embedder, dimensions }: StoreSettings): KeptSettings {
  return { format: currentFormat, embedder, dimensions, passages: firstPassages }
}

/** Removes tables that nothing needs any more: those of another embedder, and what a change of it left over. */
async function removeTables(folder: string, isRemoved: (name: string) => boolean): Promise<void> {
  const suffix = '.lance'
  for (const file of await readdir(folder)) {
    if (!file.endsWith(suffix) || !isRemoved(file.slice(0, -suffix.length))) continue
    await removeTable(folder, file.slice(0, -suffix.length))
  }
}

async function sizeOf(folder: string, tables: LanceTables): Promise<StoreSize> {
  const { episodes, details, passages, episodeOf, detailOf } = tables
  const files = await readdir(folder, { recursive: true })
  const sizes = await Promise.all(files.map((name) => stat(join(folder, name)).catch(whenMissing(undefined))))
  const unindexed = await Promise.all([
    episodes.unindexed('message'),
    episodes.unindexed('paths'),
    details.unindexed('patchHash'),
    passages.unindexed('terms'),
  ])
  return {
    episodes: episodeOf.size,
    complete: detailOf.size,
    passages: await passages.native.countRows(),
    bytes: sizes.reduce((sum, entry) => sum + (entry?.isFile() === true ? entry.size : 0), 0),
    unindexed: Math.max(...unindexed),
  }
}
