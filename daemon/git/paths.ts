import { realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { AiosError } from '../../contract/errors.ts'
import type { Repository } from './repository.ts'

/**
 * Returns a path that somebody named, as the repository names it: from its top, with `/`; the top is empty.
 *
 * Fails with `path.outside` for what is not in the worktree, whichever way it leads out: `..`, an absolute
 * path, or a folder that is a symlink. The path itself may be a symlink, since git keeps those; and it
 * need not exist, since history knows files that do not.
 */
export async function repositoryPath(
  { root, isBare }: Pick<Repository, 'root' | 'isBare'>,
  cwd: string,
  path: string,
): Promise<string> {
  if (path.includes('\0')) throw outside(path)
  const named = resolve(isBare ? root : await realpath(cwd), path)
  const real = isBare || named === root ? named : join(await realFolder(dirname(named)), basename(named))
  const inside = relative(root, real)
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) throw outside(path)
  const parts = inside.split(sep)
  if (!isBare && parts[0]?.toLowerCase() === '.git') throw outside(path)
  return parts.join('/')
}

/** Returns a folder with symlinks resolved, as far as it exists. */
async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder)
  } catch {
    const above = dirname(folder)
    return above === folder ? folder : join(await realFolder(above), basename(folder))
  }
}

function outside(path: string): AiosError {
  return new AiosError('path.outside', `${JSON.stringify(path)} is not inside the repository.`)
}
