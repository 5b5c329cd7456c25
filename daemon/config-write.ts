import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync } from 'node:fs'
import { mkdir, open, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AiosError } from '../contract/errors.ts'

/**
 * Puts bytes in the place of a file's, whole and durably or not at all; says whether it did.
 *
 * It does not when the file is no longer what the caller read. Between that look and the rename nothing else of
 * this process can run.
 */
export async function replaceFile(
  path: string,
  before: Buffer | undefined,
  after: Buffer,
  newMode: number,
): Promise<boolean> {
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${randomUUID()}`)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const oldMode = before === undefined ? undefined : (await stat(path)).mode & 0o7777
    await writeDurably(temporary, after, newMode, oldMode)
    if (!isStill(path, before)) return false
    renameSync(temporary, path)
    await syncFolder(folder)
    return true
  } catch (cause) {
    throw unwritable(path, cause)
  } finally {
    // What cannot be removed was mostly never made; the error that matters is the one above.
    await rm(temporary, { force: true }).catch(() => undefined)
  }
}

async function writeDurably(
  path: string,
  bytes: Buffer,
  newMode: number,
  oldMode: number | undefined,
): Promise<void> {
  const handle = await open(path, 'wx', newMode)
  try {
    if (oldMode !== undefined) await handle.chmod(oldMode)
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function isStill(path: string, before: Buffer | undefined): boolean {
  try {
    const now = readFileSync(path)
    return before !== undefined && now.equals(before)
  } catch (error) {
    return before === undefined && error instanceof Error && 'code' in error && error.code === 'ENOENT'
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function unwritable(path: string, cause: unknown): AiosError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AiosError('store.full', `There is no space left to write ${path}.`, { cause })
  }
  return new AiosError('state.unwritable', `${path} cannot be written (${code}).`, { cause })
}
