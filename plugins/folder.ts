import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AiosError } from '../contract/errors.ts'
import { parseManifest, type PluginManifest } from './manifest.ts'

/** A plugin as it was read, once: what is hashed, shown, approved and run are these bytes. */
export interface PluginFolder {
  readonly path: string
  readonly manifest: PluginManifest
  /** SHA-256 of all names and bytes. */
  readonly hash: string
  /** Every file by its path, with `/` between its parts. */
  readonly files: ReadonlyMap<string, Buffer>
  /** The scripts as text: what the sandbox is given. */
  readonly sources: Readonly<Record<string, string>>
}

const mostFiles = 200
const mostDepth = 8
const mostBytes = 4 * 2 ** 20
const manifestNames = ['plugin.json', 'plugin.yaml', 'plugin.yml']

/**
 * Reads a plugin’s folder.
 *
 * Nothing but ordinary files is read, and no link is followed, so that a folder cannot show what lies elsewhere.
 * Names that begin with a dot, and `node_modules`, are no part of a plugin: they are not read, hashed or run.
 */
export async function readPluginFolder(path: string, signal: AbortSignal): Promise<PluginFolder> {
  const listed = await namesIn(path)
  const name = manifestNames.find((known) => listed.includes(known))
  if (name === undefined)
    throw new AiosError('plugin.invalid', `${path} has no plugin.json and no plugin.yaml.`)
  const twice = manifestNames.find((known) => known !== name && listed.includes(known))
  if (twice !== undefined)
    throw new AiosError('plugin.invalid', `${path} has ${name} and ${twice}; keep one.`)
  const files = new Map<string, Buffer>()
  await readInto('', 0, { root: path, files, left: mostBytes, signal })
  const manifest = parseManifest(textOf(files, name), join(path, name))
  const absent = manifest.handlers.find(({ file }) => !files.has(file))
  if (absent !== undefined)
    throw new AiosError('plugin.invalid', `${absent.file}, which handles ${absent.hook}, is not in ${path}.`)
  const scripts = [...files.keys()].filter((file) => /\.m?js$/.test(file))
  const sources = Object.fromEntries(scripts.map((file) => [file, textOf(files, file)]))
  return { path, manifest, hash: hashOf(files), files, sources }
}

/** Returns the hash of names and bytes; lengths stand before them, so that no two folders are hashed as one. */
function hashOf(files: ReadonlyMap<string, Buffer>): string {
  const hash = createHash('sha256').update('aios plugin 1\n')
  for (const [name, bytes] of [...files].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    hash.update(`${Buffer.byteLength(name)} ${bytes.length}\n${name}\n`).update(bytes)
  }
  return hash.digest('hex')
}

/** Returns what lies in a folder; a link to one is none. */
async function namesIn(path: string): Promise<string[]> {
  const found = await lstat(path).catch((cause: unknown) => {
    throw new AiosError('plugin.invalid', `There is no folder ${path}.`, { cause })
  })
  if (found.isSymbolicLink()) throw linked(path)
  if (!found.isDirectory()) throw new AiosError('plugin.invalid', `${path} is not a folder.`)
  return readdir(path)
}

interface Reading {
  readonly root: string
  readonly files: Map<string, Buffer>
  left: number
  readonly signal: AbortSignal
}

async function readInto(folder: string, depth: number, reading: Reading): Promise<void> {
  const { root, files, signal } = reading
  signal.throwIfAborted()
  if (depth > mostDepth)
    throw new AiosError('plugin.invalid', `${root} has more than ${mostDepth} levels of folders.`)
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const { name } = entry
    if (name.startsWith('.') || name === 'node_modules') continue
    const path = folder === '' ? name : `${folder}/${name}`
    if (entry.isSymbolicLink()) throw linked(join(root, path))
    if (entry.isDirectory()) {
      await readInto(path, depth + 1, reading)
      continue
    }
    if (files.size >= mostFiles)
      throw new AiosError('plugin.invalid', `${root} has more than ${mostFiles} files.`)
    const bytes = await bytesOf(join(root, path), reading)
    reading.left -= bytes.length
    files.set(path, bytes)
  }
}

async function bytesOf(path: string, { root, left }: Reading): Promise<Buffer> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    const stats = await handle.stat()
    if (!stats.isFile()) throw new AiosError('plugin.invalid', `${path} is not an ordinary file.`)
    if (stats.size > left) throw tooLarge(root)
    const buffer = Buffer.alloc(stats.size + 1)
    let length = 0
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length)
      if (bytesRead === 0) return buffer.subarray(0, length)
      length += bytesRead
    }
    throw new AiosError('plugin.invalid', `${path} was written while it was read; try again.`)
  } catch (cause) {
    if (cause instanceof AiosError) throw cause
    if (codeOf(cause) === 'ELOOP') throw linked(path)
    throw new AiosError('plugin.invalid', `${path} cannot be read (${codeOf(cause)}).`, { cause })
  } finally {
    await handle?.close()
  }
}

function linked(path: string): AiosError {
  return new AiosError('plugin.invalid', `${path} is a link; put the file itself in the plugin’s folder.`)
}

function tooLarge(root: string): AiosError {
  return new AiosError('plugin.invalid', `${root} has more than ${mostBytes / 2 ** 20} MiB of files.`)
}

function textOf(files: ReadonlyMap<string, Buffer>, name: string): string {
  return (files.get(name) ?? Buffer.of()).toString('utf8').replace(/^\uFEFF/, '')
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'for no reason given'
}
