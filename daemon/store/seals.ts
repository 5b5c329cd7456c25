import { mkdir, open, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { crc32 } from 'node:zlib'
import { AiosError } from '../../contract/errors.ts'

/**
 * Puts a table's files on the disk for good and remembers what they contained.
 *
 * The native library neither flushes its files nor keeps sums of them, so a shutdown could lose what was
 * acknowledged, and a flipped bit in a vector would never be noticed.
 */
export interface Seals {
  /** Flushes files that are new, and their folders, and then their sums. */
  seal(): Promise<void>
  /** Returns the files that are there but are not what was sealed. */
  damaged(): Promise<string[]>
  /** Forgets files that are gone. */
  trim(): Promise<void>
}

/** Says where to begin looking for the newest version. It is written over and over, and may be wrong or missing. */
const hint = 'latest_version_hint.json'

interface Seal {
  readonly size: number
  readonly sum: number
}

/** Opens the seals of the folder, which are kept in a file outside of it. */
export async function openSeals(folder: string, file: string): Promise<Seals> {
  const text = await readFile(file, 'utf8').catch(whenMissing(''))
  const seals = parseSeals(text)
  // What is appended next must not run into a line that a crash cut short.
  if (!/(^|\n)$/.test(text)) await replaceFlushed(file, text.slice(0, text.lastIndexOf('\n') + 1))

  return {
    async seal() {
      const fresh = (await filesBelow(folder)).filter((path) => !seals.has(path))
      if (fresh.length === 0) return
      const added = new Map<string, Seal>()
      await eachOf(fresh, async (path) => void added.set(path, await flushAndSum(join(folder, path))))
      await eachOf(foldersOf(fresh), (path) => flush(join(folder, path)))
      await appendFlushed(file, [...added].map(([path, seal]) => lineOf(path, seal)).join(''))
      for (const [path, seal] of added) seals.set(path, seal)
    },

    async damaged() {
      const damaged = []
      for (const [path, seal] of seals) if (await differs(join(folder, path), seal)) damaged.push(path)
      return damaged
    },

    async trim() {
      const present = new Set(await filesBelow(folder))
      for (const path of seals.keys()) if (!present.has(path)) seals.delete(path)
      await replaceFlushed(file, [...seals].map(([path, seal]) => lineOf(path, seal)).join(''))
    },
  }
}

/** Writes a file so that after a crash there is either all of it or what was there before. */
export async function replaceFlushed(file: string, text: string): Promise<void> {
  const fresh = `${file}.new`
  await writeFile(fresh, text, { mode: 0o600, flush: true })
  await rename(fresh, file)
  await flush(dirname(file))
}

/** Makes a folder, and those above it, that only the user may enter. */
export async function makeFolder(path: string): Promise<void> {
  // On a file system that may not be written, node says that the folder above does not exist.
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new AiosError('state.unwritable', `The folder ${path} cannot be made.`, { cause })
  })
}

/** Waits until a file or a folder is on the disk. */
export async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Returns a function for `catch` that gives the value when a file is not there. */
export function whenMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return value
    throw error
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(whenMissing([]))
  return entries
    .filter((entry) => entry.isFile() && entry.name !== hint)
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
}

/** Returns every folder on the way to the files, the outermost included: a new folder's name is in its parent. */
function foldersOf(paths: readonly string[]): Set<string> {
  const folders = new Set(['', '..'])
  for (const path of paths) for (let at = dirname(path); at !== '.'; at = dirname(at)) folders.add(at)
  return folders
}

/** What is flushed at once. Node has four threads for files, a flush may take seconds, and others want a file too. */
const flushedAtOnce = 2

async function eachOf<T>(items: Iterable<T>, act: (item: T) => Promise<void>): Promise<void> {
  const left = [...items].values()
  const lane = async () => {
    for (const item of left) await act(item)
  }
  await Promise.all(Array.from({ length: flushedAtOnce }, lane))
}

async function flushAndSum(path: string): Promise<Seal> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
    return await sumOf(handle)
  } finally {
    await handle.close()
  }
}

async function sumOf(handle: Awaited<ReturnType<typeof open>>): Promise<Seal> {
  const { size: expected } = await handle.stat()
  const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(expected, 1024 * 1024)))
  let size = 0
  let sum = 0
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, size)
    if (bytesRead === 0) return { size, sum }
    sum = crc32(buffer.subarray(0, bytesRead), sum)
    size += bytesRead
  }
}

async function differs(path: string, seal: Seal): Promise<boolean> {
  const handle = await open(path, 'r').catch(whenMissing(undefined))
  if (handle === undefined) return false
  try {
    const { size, sum } = await sumOf(handle)
    return size !== seal.size || sum !== seal.sum
  } finally {
    await handle.close()
  }
}

async function appendFlushed(file: string, text: string): Promise<void> {
  const isNew = (await stat(file).catch(whenMissing(undefined))) === undefined
  await writeFile(file, text, { flag: 'a', mode: 0o600, flush: true })
  if (isNew) await flush(dirname(file))
}

function lineOf(path: string, { size, sum }: Seal): string {
  return `${sum} ${size} ${path}\n`
}

/** A line cut short by a crash belongs to nothing that was acknowledged. */
function parseSeals(text: string): Map<string, Seal> {
  const lines = text.matchAll(/^(\d+) (\d+) (.+)\n/gm)
  return new Map(
    [...lines].map(([, sum, size, path = '']) => [path, { sum: Number(sum), size: Number(size) }]),
  )
}
