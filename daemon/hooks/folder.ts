import { existsSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { AiosError } from '../../contract/errors.ts'
import { gitFailed } from '../git/git.ts'
import { gitOf, placeOf, type Repository } from '../git/repository.ts'

/** Where git looks for hook files, seen from one worktree. */
export interface HooksFolder {
  readonly path: string
  /** Whose setting it is: `default` when there is none. */
  readonly scope: string
}

/** Returns the effective hooks folder: `core.hooksPath` of this worktree, of the repository or of the user. */
export async function findHooksFolder(repository: Repository, signal: AbortSignal): Promise<HooksFolder> {
  const git = gitOf(repository, 'looking for its hooks')
  const args = ['config', '--show-scope', '--null', '--type=path', '--get-all', 'core.hooksPath']
  const { code, stdout, stderr } = await git.run(args, placeOf(repository, signal))
  if (code > 1) throw gitFailed(args, stderr, code)
  const words = stdout.toString('utf8').split('\0')
  const settings = words.flatMap((scope, at) => {
    const value = words[at + 1]
    return at % 2 === 1 || value === undefined ? [] : [{ scope, value }]
  })
  // Our own git runs with hooks switched off on its command line, which is nobody's setting.
  const set = settings.findLast(({ scope }) => scope !== 'command')
  if (set === undefined) return { path: join(repository.commonDir, 'hooks'), scope: 'default' }
  return { path: resolve(repository.root, set.value), scope: set.scope }
}

/** Refuses a folder that is not this repository's to change, with what can be done instead. */
export async function checkFolder(
  { path, scope }: HooksFolder,
  repository: Repository,
  signal: AbortSignal,
): Promise<void> {
  if (existsSync(path) && !statSync(path).isDirectory())
    throw new AiosError('hooks.disabled', `Hooks are switched off here: core.hooksPath is ${path}.`)
  if (scope === 'global' || scope === 'system') {
    throw new AiosError('hooks.shared', `All your repositories share the hooks in ${path} (core.hooksPath).`)
  }
  if (await isTracked(path, repository, signal)) {
    throw new AiosError('hooks.tracked', `The hooks in ${path} are files of the repository.`)
  }
}

async function isTracked(path: string, repository: Repository, signal: AbortSignal): Promise<boolean> {
  const inside = relative(repository.root, path)
  if (repository.isBare || inside === '' || inside.startsWith('..') || isAbsolute(inside)) return false
  const args = ['ls-files', '-z', '--', inside]
  const git = gitOf(repository, 'looking at its hooks')
  const { code, stdout } = await git.run(args, { ...placeOf(repository, signal), maxBytes: 4096 })
  return code === 0 && stdout.length > 0
}
