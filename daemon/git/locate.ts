import { existsSync } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { AiosError } from '../../contract/errors.ts'
import { type Git, gitFailed, type GitOptions } from './git.ts'
import { readPlainText } from './plain-file.ts'

/** Where a repository's parts are, and what kind of repository it is. */
export interface Layout {
  /** The top of the worktree, or the git folder of a bare repository; symlinks resolved. */
  readonly root: string
  readonly gitDir: string
  /** The git folder that all worktrees of the repository share. */
  readonly commonDir: string
  readonly isBare: boolean
  /** The worktree that `core.worktree` names though it is not this repository's; the repository counts as bare. */
  readonly strayWorktree?: string
  readonly isShallow: boolean
  /** Whether objects may be missing because they were left on the server. */
  readonly isPartial: boolean
  readonly objectFormat: 'sha1' | 'sha256'
}

const insideWorktree = 'A bare repository inside a worktree is not opened.'

/** Finds the repository that a folder belongs to by asking git, which also checks that the user owns it. */
export async function locateWithGit(path: string, git: Git): Promise<Layout> {
  const cwd = await folderOf(path)
  const layout = await ask(git, { cwd })
  if (layout !== 'bare') return layout

  // Git refuses a bare repository that it comes across. One that was named is meant, unless it lies in a
  // worktree: then somebody may have committed it there for its configuration to be found.
  if (await isInsideWorktree(cwd, git)) throw notFound(path, insideWorktree)
  const bare = await ask(git, { cwd, bare: true })
  if (bare === 'bare' || bare.gitDir !== cwd) throw notFound(path)
  return bare
}

/** Returns the folder with symlinks resolved, or fails with `repository.missing`. */
async function folderOf(path: string): Promise<string> {
  try {
    const real = await realpath(resolve(path))
    if (!(await stat(real)).isDirectory()) throw notFound(path)
    return real
  } catch (cause) {
    if (cause instanceof AiosError) throw cause
    throw new AiosError('repository.missing', `There is nothing at ${path}.`, { cause })
  }
}

/** Says whether some objects of the repository were promised by a server instead of being sent. */
async function hasPromisedObjects(commonDir: string): Promise<boolean> {
  const names = await readdir(join(commonDir, 'objects', 'pack')).catch(() => [])
  return names.some((name) => name.endsWith('.promisor'))
}

/** Returns the error for a place that holds no repository that could be opened. */
function notFound(path: string, why = 'Neither it nor a folder above it is a git repository.'): AiosError {
  return new AiosError('repository.not-found', `${path}: ${why}`)
}

async function ask(git: Git, where: GitOptions): Promise<Layout | 'bare'> {
  const args = ['rev-parse', '--path-format=absolute', '--is-bare-repository', '--is-shallow-repository']
  const { code, stdout, stderr } = await git.run(
    [...args, '--show-object-format', '--git-common-dir', '--absolute-git-dir'],
    where,
  )
  // Git goes to the worktree of the configuration before it answers, unless it is told of another.
  if (code !== 0 && where.workTree === undefined && /chdir to|Invalid path/.test(stderr)) {
    const here = { ...where, workTree: where.cwd }
    const [found, named] = [await ask(git, here), await git.text(['config', 'core.worktree'], here)]
    return found === 'bare' ? found : astray(found, named.trimEnd())
  }
  if (code !== 0) return refused(where.cwd, stderr, code)

  const [bare, shallow, format, ...folders] = stdout.toString('utf8').trimEnd().split('\n')
  const [commonDir, gitDir] = await Promise.all(halves(folders).map((folder) => realpath(folder)))
  if (commonDir === undefined || gitDir === undefined) throw gitFailed(args, 'it named no folder', 0)
  const isBare = bare === 'true'
  const layout = {
    root: gitDir,
    gitDir,
    commonDir,
    isBare,
    isShallow: shallow === 'true',
    isPartial: await hasPromisedObjects(commonDir),
    objectFormat: format === 'sha256' ? ('sha256' as const) : ('sha1' as const),
  }
  return isBare ? layout : withWorktree(layout, await worktreeOf(git, where, gitDir))
}

/**
 * Returns the layout with the worktree that git named, if its `.git` leads back to the repository.
 *
 * A configuration can name any folder. To read there would be to read what belongs to another repository.
 */
async function withWorktree(layout: Layout, named: string): Promise<Layout> {
  const root = await realpath(named).catch(() => undefined)
  const back = root === undefined ? undefined : await gitDirIn(root).catch(() => undefined)
  return root !== undefined && back === layout.gitDir ? { ...layout, root } : astray(layout, named)
}

function astray(layout: Layout, strayWorktree: string): Layout {
  return { ...layout, root: layout.gitDir, isBare: true, strayWorktree }
}

/** Returns both folders even when their names hold newlines, which git prints as they are. */
function halves(lines: readonly string[]): string[] {
  const half = lines.length / 2
  return [lines.slice(0, half).join('\n'), lines.slice(half).join('\n')]
}

async function worktreeOf(git: Git, where: GitOptions, gitDir: string): Promise<string> {
  const { code, stdout } = await git.run(['rev-parse', '--path-format=absolute', '--show-toplevel'], where)
  if (code === 0) return stdout.toString('utf8').slice(0, -1)
  const above = basename(gitDir) === '.git' ? dirname(gitDir) : undefined
  throw notFound(
    where.cwd,
    above === undefined ? undefined : `It is git's own folder; name ${above} instead.`,
  )
}

function refused(path: string, stderr: string, code: number): 'bare' {
  if (/cannot use bare repository/i.test(stderr)) return 'bare'
  if (/dubious ownership/i.test(stderr)) throw notOwned(path)
  if (/unknown repository (extension|format)|Expected git repo version|unknown .* format/i.test(stderr)) {
    throw new AiosError(
      'repository.needs-git',
      `The repository at ${path} needs a newer git: ${stderr.trim()}`,
    )
  }
  if (/not a git repository|invalid gitfile format|must be run in a work tree/i.test(stderr))
    throw notFound(path)
  throw gitFailed(['rev-parse', path], stderr, code)
}

function notOwned(path: string): AiosError {
  return new AiosError('repository.not-owned', `The repository at ${path} belongs to another user.`)
}

async function isInsideWorktree(cwd: string, git: Git): Promise<boolean> {
  if (dirname(cwd) === cwd) return false
  const { code, stdout } = await git.run(['rev-parse', '--is-inside-work-tree'], { cwd: dirname(cwd) })
  return code === 0 && stdout.toString('utf8').trim() === 'true'
}

/** Finds the repository that a folder belongs to without git, if the portable reader can read it. */
export async function locateWithoutGit(path: string): Promise<Layout> {
  const start = await folderOf(path)
  const found = await climb(start)
  if (found === undefined) throw notFound(path)
  const { root, gitDir, isBare } = found
  if (isBare && (await climb(dirname(root))) !== undefined) throw notFound(path, insideWorktree)
  const config = await readPlainText(join(gitDir, 'config')).catch(() => '')
  const reason = await beyondReach(gitDir, config)
  if (reason !== undefined) {
    throw new AiosError('repository.needs-git', `Without git, ${root} cannot be read: ${reason}.`)
  }
  const owner = (await stat(gitDir)).uid
  if (process.getuid !== undefined && owner !== process.getuid()) throw notOwned(root)
  const isShallow = existsSync(join(gitDir, 'shallow'))
  return { root, gitDir, commonDir: gitDir, isBare, isShallow, isPartial: false, objectFormat: 'sha1' }
}

async function climb(folder: string): Promise<Pick<Layout, 'root' | 'gitDir' | 'isBare'> | undefined> {
  const gitDir = await gitDirIn(folder)
  if (gitDir !== undefined) return { root: folder, gitDir, isBare: false }
  const isBare = ['HEAD', 'objects', 'refs'].every((name) => existsSync(join(folder, name)))
  if (isBare) return { root: folder, gitDir: folder, isBare: true }
  return dirname(folder) === folder ? undefined : climb(dirname(folder))
}

/** Returns the git folder that the `.git` of a folder is, or leads to. */
async function gitDirIn(folder: string): Promise<string | undefined> {
  const inside = join(folder, '.git')
  const entry = await stat(inside).catch(() => undefined)
  if (entry?.isDirectory() === true) return realpath(inside)
  if (entry?.isFile() !== true) return undefined
  const target = /^gitdir: (.*?)\n?$/s.exec(await readPlainText(inside))?.[1]
  return target === undefined ? undefined : realpath(resolve(folder, target))
}

/** Returns why isomorphic-git would fail here or, worse, answer wrongly. */
async function beyondReach(gitDir: string, config: string): Promise<string | undefined> {
  if (existsSync(join(gitDir, 'commondir'))) return 'it is a linked worktree'
  if (existsSync(join(gitDir, 'objects', 'info', 'alternates'))) return 'it borrows objects from another one'
  if (/^\s*objectformat\s*=\s*sha256/im.test(config)) return 'it uses SHA-256'
  if (/^\s*refstorage\s*=/im.test(config)) return 'it keeps its references in a reftable'
  if (/^\s*(partialclone|promisor)\s*=/im.test(config)) return 'it is a partial clone'
  if (await hasPromisedObjects(gitDir)) return 'it is a partial clone'
  const folder = join(gitDir, 'objects', 'pack')
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.pack'))
  const sizes = await Promise.all(names.map((name) => stat(join(folder, name)).then(({ size }) => size)))
  return sizes.some((size) => size >= 2 ** 31) ? 'it has a pack of more than 2 GiB' : undefined
}
