import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { AiosError } from '../../contract/errors.ts'

/** A file of settings as it was read. */
export interface SettingsFile {
  /** The path that its program knows; perhaps a link. */
  readonly path: string
  /** Where the bytes are. */
  readonly target: string
  readonly exists: boolean
  /** All of it, a byte order mark included. */
  readonly text: string
}

/** Reads a file of settings; one that does not exist is empty. Bytes that are no UTF-8 are refused: they would change. */
export function readSettingsFile(path: string): SettingsFile {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) {
    return { path, target: path, exists: false, text: '' }
  }
  try {
    const target = realpathSync(path)
    if (!statSync(target).isFile()) throw new Error('it is not a file')
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(target))
    return { path, target, exists: true, text }
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

/** Returns the failure to understand a file. */
export function unreadable(path: string, cause: unknown): AiosError {
  const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
  return new AiosError('agent.unreadable', `${path} cannot be read: ${why}.`, { cause })
}

/**
 * Puts a text in place of a file of settings: all of it or nothing, with the mode that it had.
 *
 * Refused when the file is read-only, or is not what was read any more: its program may have written meanwhile.
 * Returns the folders that were made for it, the innermost first.
 */
export function replaceSettingsFile(file: SettingsFile, text: string, freshMode: number): string[] {
  const { path, target } = file
  const status = statSync(target, { throwIfNoEntry: false })
  if (status !== undefined && (status.mode & 0o200) === 0) throw unwritable(path, 'it is read-only')
  if (readSettingsFile(path).text !== file.text || (status !== undefined) !== file.exists) {
    throw unwritable(path, 'it was changed meanwhile; run the command again')
  }
  const draft = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`)
  try {
    const made = makeFolders(dirname(target))
    writeDurably(draft, text, status === undefined ? freshMode : status.mode & 0o777)
    // With sudo the file would else become root's, and its program could not write it any more.
    if (status !== undefined && status.uid !== process.getuid?.()) chownSync(draft, status.uid, status.gid)
    renameSync(draft, target)
    return made
  } catch (error) {
    rmSync(draft, { force: true })
    throw unwritable(path, error instanceof Error ? error.message : String(error), error)
  }
}

/** Deletes a file of settings that was made for aios alone, and those folders made for it that are empty. */
export function deleteSettingsFile(file: SettingsFile, folders: readonly string[]): void {
  try {
    rmSync(file.target)
  } catch (error) {
    throw unwritable(file.path, error instanceof Error ? error.message : String(error), error)
  }
  try {
    for (const folder of folders) rmdirSync(folder)
  } catch {
    // Something else lies there by now; it stays.
  }
}

function makeFolders(path: string): string[] {
  const first = mkdirSync(path, { recursive: true })
  if (first === undefined) return []
  const made = [path]
  for (let folder = path; folder !== first && folder !== dirname(folder);)
    made.push((folder = dirname(folder)))
  return made
}

function writeDurably(path: string, text: string, mode: number): void {
  const descriptor = openSync(path, 'wx', mode)
  try {
    writeFileSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  // What the umask has taken away; the file had it before.
  chmodSync(path, mode)
}

function unwritable(path: string, why: string, cause?: unknown): AiosError {
  return new AiosError('agent.unwritable', `${path} was not written: ${why}.`, { cause })
}
