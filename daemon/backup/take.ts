import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ReadEntry } from 'tar'
import { backupFormat, BackupManifest } from '../../contract/backup.ts'
import { AiosError } from '../../contract/errors.ts'
import { isValid } from '../../contract/validate.ts'
import { isArchivePath, manifestName } from './places.ts'

/** Takes the files of an archive as they come, the list of them first; throws at the first that is not as listed. */
export interface Taker {
  /** Takes what comes of an entry. Nothing is waited for: the archive is read no faster than it is written. */
  take(entry: ReadEntry): void
  /** Returns the list when everything on it was taken. */
  finish(): BackupManifest
  /** Lets go of a file that was not finished. */
  close(): void
}

/** Most bytes of the list of files: a million of them. */
const mostManifestBytes = 256 * 1024 * 1024

/** Creates what takes files into a folder, or, without one, only looks at them. */
export function createTaker(target: string | undefined): Taker {
  let manifest: BackupManifest | undefined
  let open: number | undefined
  const missing = new Map<string, BackupManifest['files'][number]>()

  function takeManifest(entry: ReadEntry): void {
    if (entry.path !== manifestName)
      throw new Error(`it begins with ${entry.path}, and not with its list of files`)
    if (entry.size > mostManifestBytes) throw new Error('its list of files is too long')
    const pieces: Buffer[] = []
    entry.on('data', (piece: Buffer) => void pieces.push(piece))
    entry.on('end', () => {
      manifest = manifestIn(Buffer.concat(pieces).toString())
      for (const file of manifest.files) missing.set(file.path, file)
    })
  }

  function takeFile(entry: ReadEntry): void {
    const expected = missing.get(entry.path)
    if (expected === undefined) throw new Error(`${entry.path} is not in its list of files, or twice`)
    missing.delete(entry.path)
    if (entry.size !== expected.bytes) throw new Error(`${entry.path} does not have its size`)
    const hash = createHash('sha256')
    const descriptor = target === undefined ? undefined : create(join(target, entry.path))
    open = descriptor
    entry.on('data', (piece: Buffer) => {
      hash.update(piece)
      if (descriptor !== undefined) writeAll(descriptor, piece)
    })
    entry.on('end', () => {
      if (descriptor !== undefined) fsyncSync(descriptor)
      close()
      if (hash.digest('hex') !== expected.sha256) throw new Error(`${entry.path} is not what was written`)
    })
  }

  function close(): void {
    if (open !== undefined) closeSync(open)
    open = undefined
  }

  return {
    take(entry) {
      if (entry.type !== 'File' && entry.type !== 'OldFile')
        throw new Error(`${entry.path} is a ${entry.type}, and no file`)
      if (manifest === undefined) takeManifest(entry)
      else takeFile(entry)
    },
    finish() {
      const [path] = missing.keys()
      if (manifest === undefined) throw new Error('it is empty')
      if (path !== undefined) throw new Error(`${path} is missing`)
      return manifest
    },
    close,
  }
}

function manifestIn(text: string): BackupManifest {
  const manifest: unknown = JSON.parse(text)
  const isNewer =
    typeof manifest === 'object' &&
    manifest !== null &&
    'format' in manifest &&
    typeof manifest.format === 'number' &&
    manifest.format > backupFormat
  if (isNewer) throw new AiosError('backup.newer', `The archive has a newer form than ${backupFormat}.`)
  if (!isValid(BackupManifest, manifest)) throw new Error('its list of files cannot be read')
  const stray = manifest.files.find(({ path }) => !isArchivePath(path))
  if (stray !== undefined) throw new Error(`${JSON.stringify(stray.path)} is no place for a file of aios`)
  return manifest
}

function create(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  return openSync(path, 'wx', 0o600)
}

function writeAll(descriptor: number, piece: Buffer): void {
  for (let at = 0; at < piece.length;) at += writeSync(descriptor, piece, at)
}
