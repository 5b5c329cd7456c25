import { copyFile, link, mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { backupFormat, type BackupManifest } from '../../contract/backup.ts'
import type { StateFolders } from '../../contract/state.ts'
import { manifestName, statePieces } from './places.ts'
import { sumOf } from './sums.ts'

/** A repository’s memory, which goes on being written. */
export interface StillMemory {
  readonly id: string
  readonly folder: string
  /** Does the work while nothing is written there. */
  readonly whileStill: (work: () => Promise<void>) => Promise<void>
}

/** What a backup is made from. */
export interface BackupParts {
  readonly folders: StateFolders
  /** Writes one moment of the journal into a new file. */
  readonly copyJournal: (file: string) => Promise<void>
  readonly memories: () => readonly StillMemory[]
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** What was gathered, and what was left out. */
export interface Gathered {
  readonly manifest: BackupManifest
  readonly left: readonly string[]
}

/**
 * Gathers a moment of everything in a folder, while the daemon goes on.
 *
 * The journal comes first: what it says of how far each history was read is then true of the memories. Files of a
 * memory are never changed once they are written, so a second name for each of them is a copy that costs nothing.
 */
export async function gather(
  target: string,
  full: boolean,
  parts: BackupParts,
  signal: AbortSignal,
): Promise<Gathered> {
  const { folders, copyJournal, memories, version, now } = parts
  const left: string[] = []
  await mkdir(join(target, 'state'), { recursive: true, mode: 0o700 })
  const journal = join(target, 'state', 'journal.sqlite')
  await copyJournal(journal)
  closeJournal(journal, full)
  for (const name of statePieces) await copyIfThere(join(folders.state, name), join(target, 'state', name))
  await copyIfThere(folders.configFile, join(target, 'config', 'config.yaml'))
  const plugins = join(dirname(folders.configFile), 'plugins')
  await copyTree(plugins, join(target, 'config', 'plugins'), copyOne, left, signal)
  if (full) {
    for (const { id, folder, whileStill } of memories()) {
      const into = join(target, 'state', 'repositories', id)
      await whileStill(() => copyTree(folder, into, linkOrCopy, left, signal))
    }
  } else
    left.push(
      'Memories and learned weights: they are read and learned again from git; --full takes them along.',
    )
  left.push('The vault and the token: they are secrets of this machine, and are made anew.')
  const files = await listed(target, signal)
  const createdAt = new Date(now()).toISOString()
  const manifest = { format: backupFormat, version, createdAt, full, files }
  await writeFile(join(target, manifestName), JSON.stringify(manifest), { mode: 0o600 })
  return { manifest, left }
}

/** Makes the copy one file. Without the memories, it says of no history that it was read. */
function closeJournal(file: string, full: boolean): void {
  const database = new DatabaseSync(file)
  try {
    database.exec('PRAGMA journal_mode = DELETE')
    if (!full) database.exec('DELETE FROM tips')
  } finally {
    database.close()
  }
}

/** Where a memory keeps what could not be read any more. */
const damaged = 'quarantine'

type Copy = (from: string, to: string) => Promise<void>

/** Copies regular files, and follows no link: what it leads to is not ours. */
async function copyTree(
  from: string,
  to: string,
  copy: Copy,
  left: string[],
  signal: AbortSignal,
): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch(whenGone([]))
  for (const entry of entries.filter(({ name }) => name !== damaged)) {
    signal.throwIfAborted()
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) await copyTree(source, target, copy, left, signal)
    else if (!entry.isFile()) left.push(`${source}: it is no regular file.`)
    else await copyInto(source, target, copy)
  }
}

async function copyInto(source: string, target: string, copy: Copy): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  await copy(source, target).catch(whenGone(undefined))
}

const copyOne: Copy = (from, to) => copyFile(from, to)

/** What is written over and over is copied; so is everything where a file cannot have two names. */
const linkOrCopy: Copy = async (from, to) => {
  const changes = /\/seals\/[^/]+$|latest_version_hint\.json$/.test(from)
  if (!changes && (await link(from, to).then(isDone, isNotDone))) return
  await copyFile(from, to)
}

const isDone = (): boolean => true
const isNotDone = (): boolean => false

async function copyIfThere(source: string, target: string): Promise<void> {
  await copyInto(source, target, copyOne)
}

async function listed(folder: string, signal: AbortSignal): Promise<BackupManifest['files']> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const found: BackupManifest['files'] = []
  for (const path of files.toSorted())
    found.push({ path: relative(folder, path), ...(await sumOf(path, signal)) })
  return found
}

/** Returns a function for `catch` that gives the value when the file is not there, or not any more. */
function whenGone<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return value
    throw error
  }
}
