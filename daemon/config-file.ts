import { isUtf8 } from 'node:buffer'
import { constants, type FileHandle, lstat, open, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, relative, sep } from 'node:path'
import { AiosError } from '../contract/errors.ts'
import { problemsOf } from './yaml/issue.ts'
import type { Scope } from './config-keys.ts'

/** A file of settings, and whose it is. */
export interface ConfigFile {
  readonly path: string
  readonly scope: Scope
}

/** How large a configuration file may be. */
export const mostBytes = 64 * 1024

/**
 * Returns the bytes and the text of a configuration file; undefined when there is none.
 *
 * A link in a repository may not lead out of it, or the messages about what is wrong with the file would show
 * somebody else's files. Pipes and devices are refused before they can block.
 */
export async function readConfigFile(file: ConfigFile): Promise<{ bytes: Buffer; text: string } | undefined> {
  const path = await realPathOf(file)
  if (path === undefined) return undefined
  const bytes = await bytesOf(path, file.path)
  if (!isUtf8(bytes)) throw notUtf8(file.path, bytes)
  return { bytes, text: bytes.toString('utf8').replace(/^\uFEFF/, '') }
}

/** Returns where the file is once links are followed; undefined when there is no file. */
export async function realPathOf({ path, scope }: ConfigFile): Promise<string | undefined> {
  try {
    const isLink = (await lstat(path)).isSymbolicLink()
    const real = await realpath(path)
    const root = await realpath(dirname(path))
    if (isLink && scope === 'repository' && !isInside(root, real)) throw leadsOut(path)
    return real
  } catch (error) {
    if (error instanceof AiosError) throw error
    if (codeOf(error) === 'ENOENT' && !(await isDanglingLink(path))) return undefined
    throw unreadable(path, error)
  }
}

async function bytesOf(path: string, name: string): Promise<Buffer> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    if (!(await handle.stat()).isFile()) throw new AiosError('config.unreadable', `${name} is not a file.`)
    const buffer = Buffer.alloc(mostBytes + 1)
    let length = 0
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length)
      if (bytesRead === 0) return buffer.subarray(0, length)
      length += bytesRead
    }
    throw problem(name, 'The file is larger than 64 KiB.')
  } catch (error) {
    throw error instanceof AiosError ? error : unreadable(name, error)
  } finally {
    await handle?.close()
  }
}

function unreadable(path: string, cause: unknown): AiosError {
  const reason = reasons[codeOf(cause)] ?? `cannot be read (${codeOf(cause)})`
  return new AiosError('config.unreadable', `${path} ${reason}.`, { cause })
}

const reasons: Record<string, string> = {
  EACCES: 'may not be read by you',
  EPERM: 'may not be read by you',
  EISDIR: 'is not a file',
  ELOOP: 'is a link that leads back to itself',
  ENOENT: 'is a link to a file that does not exist',
  ENOTDIR: 'lies below something that is not a folder',
}

function leadsOut(path: string): AiosError {
  return problem(path, 'The file is a link that leads out of the repository; put a file in its place.')
}

/** Points at the first byte that is no letter, which editors tend to hide. */
function notUtf8(path: string, bytes: Buffer): AiosError {
  let start = 0
  let line = 1
  for (
    let end = bytes.indexOf(10);
    end !== -1 && isUtf8(bytes.subarray(start, end));
    end = bytes.indexOf(10, start)
  ) {
    start = end + 1
    line++
  }
  const rest = bytes.subarray(start)
  const column = Math.max(rest.toString('utf8').indexOf('\uFFFD'), 0) + 1
  return problem(path, 'The text is not UTF-8; save the file in that encoding.', { line, column })
}

function problem(path: string, message: string, at?: { line: number; column: number }): AiosError {
  const [error] = problemsOf(path, [{ code: 'config.invalid', message, ...(at !== undefined && { at }) }])
  return error ?? new AiosError('config.invalid', message)
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

async function isDanglingLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink()
  } catch {
    return false
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
