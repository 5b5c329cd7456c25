import { constants } from 'node:fs'
import { type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import picomatch from 'picomatch'
import { AiosError } from '../contract/errors.ts'

/** Where a plugin may read files. */
export interface WorktreeScope {
  /** The worktree. */
  readonly root: string
  /** Globs of what was allowed. */
  readonly paths: readonly string[]
  /** Folders that are never read, wherever they lie: the daemon’s own. */
  readonly closed: readonly string[]
}

/** The first bytes of a file. */
export interface FileStart {
  readonly content: Buffer
  readonly truncated: boolean
}

/**
 * Returns the start of a file of the worktree; undefined when there is none.
 *
 * A path is judged as it is written and again as what it really is, so that no link, no letter case and no second
 * name of a file leads to git’s folder, to `.env` or out of the worktree. What is read is what was judged.
 */
export async function readWorktreeFile(
  path: string,
  { root, paths, closed }: WorktreeScope,
  maxBytes: number,
  signal: AbortSignal,
): Promise<FileStart | undefined> {
  const isAllowed = picomatch([...paths], { dot: true })
  const judge = (written: string) => {
    if (isClosed(written) || !isAllowed(written)) throw refused(path)
  }
  judge(path)
  const top = await realpath(root)
  const real = await realpath(join(top, path)).catch(() => undefined)
  signal.throwIfAborted()
  if (real === undefined) return undefined
  const inside = relative(top, real)
  if (inside === '' || isAbsolute(inside) || inside.split(sep)[0] === '..') throw refused(path)
  judge(inside.split(sep).join('/'))
  for (const folder of closed) if (await isBelow(folder, real)) throw refused(path)
  return readStart(real, path, maxBytes)
}

/** Says whether a path leads where no plugin reads, by any of the names that file systems take for the same. */
function isClosed(path: string): boolean {
  // oxlint-disable-next-line no-control-regex
  if (/[\\\u0000-\u001f:]/.test(path) || path.startsWith('/') || path.startsWith('~')) return true
  return path.split('/').some((part) => {
    const plain = part
      .normalize('NFKC')
      .replaceAll(/\p{Cf}|\p{Mn}|[\u115f\u1160\u3164\uffa0]/gu, '')
      .replace(/[. ]+$/, '')
      .toLowerCase()
    if (part === '' || part === '.' || part === '..' || plain === '') return true
    return plain === '.git' || /^(?:git|env)~\d+$/.test(plain) || /^\.env(?:$|[.~_-]|rc$)/.test(plain)
  })
}

async function isBelow(folder: string, path: string): Promise<boolean> {
  const real = await realpath(folder).catch(() => folder)
  const way = relative(real, path)
  return !isAbsolute(way) && way.split(sep)[0] !== '..'
}

async function readStart(real: string, path: string, maxBytes: number): Promise<FileStart | undefined> {
  let handle: FileHandle | undefined
  try {
    handle = await open(real, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    const opened = await handle.stat()
    if (!opened.isFile()) throw refused(path)
    // Whoever put a link where a folder was, after the path was judged, is found out here.
    const judged = (await realpath(real)) === real ? await stat(real) : undefined
    if (judged?.ino !== opened.ino || judged.dev !== opened.dev) throw refused(path)
    const buffer = Buffer.alloc(Math.min(maxBytes + 1, opened.size + 1))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0)
    return { content: buffer.subarray(0, Math.min(bytesRead, maxBytes)), truncated: bytesRead > maxBytes }
  } catch (error) {
    if (error instanceof AiosError) throw error
    return undefined
  } finally {
    await handle?.close()
  }
}

function refused(path: string): AiosError {
  return new AiosError(
    'plugin.refused',
    `${JSON.stringify(path.slice(0, 200))} is not among the files that were allowed.`,
  )
}
