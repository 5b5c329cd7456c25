import { join } from 'node:path'
import type { GitHook } from '../../contract/hook-routes.ts'
import { gitFailed } from '../git/git.ts'
import { gitOf, placeOf, type Repository } from '../git/repository.ts'
import { quoted } from './shim.ts'

/** Says whether this git runs hooks that stand in its configuration: `hook.<name>.event` and `.command`. */
export function hasConfigHooks(version: string): boolean {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(version) ?? []
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 54)
}

/** Returns the hooks that the repository's configuration gives to aios, with the command of each. */
export async function readConfigHooks(
  repository: Repository,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const args = ['--null', '--get-regexp', String.raw`^hook\.aios-.*\.command$`]
  const { code, stdout, stderr } = await config(repository, args, signal)
  if (code > 1) throw gitFailed(['config'], stderr, code)
  const entries = stdout.toString('utf8').split('\0').slice(0, -1)
  return new Map(
    entries.map((entry) => {
      const [key = '', ...value] = entry.split('\n')
      return [key.replace(/^hook\.aios-(.*)\.command$/, '$1'), value.join('\n')]
    }),
  )
}

/** Returns the command: nothing when its file is gone, as when the repository was moved; git adds the arguments. */
export function commandOf(hook: GitHook, folder: string): string {
  const path = quoted(join(folder, hook))
  return `[ ! -r ${path} ] || exec sh ${path}`
}

/** Gives an event to a command, instead of what aios gave it before. */
export async function setConfigHook(
  hook: GitHook,
  command: string,
  repository: Repository,
  signal: AbortSignal,
): Promise<void> {
  // The event comes last: until then git knows of no hook that could run half set.
  await change(repository, [`hook.aios-${hook}.command`, command], signal)
  await change(repository, [`hook.aios-${hook}.event`, hook], signal)
}

/** Takes what aios gave to an event out of the configuration. */
export async function unsetConfigHook(
  hook: string,
  repository: Repository,
  signal: AbortSignal,
): Promise<void> {
  await change(repository, ['--remove-section', `hook.aios-${hook}`], signal)
}

async function change(repository: Repository, args: readonly string[], signal: AbortSignal): Promise<void> {
  const { code, stderr } = await config(repository, args, signal)
  if (code !== 0) throw gitFailed(['config', ...args], stderr, code)
}

/** The configuration that all worktrees share: a hook belongs to the repository. */
function config(repository: Repository, args: readonly string[], signal: AbortSignal) {
  const git = gitOf(repository, 'its configuration')
  return git.run(
    ['config', '--file', join(repository.commonDir, 'config'), ...args],
    placeOf(repository, signal),
  )
}
