import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AiosError } from '../../contract/errors.ts'
import { gitOf, type Repository } from '../git/repository.ts'
import { commandOf, hasConfigHooks, readConfigHooks, setConfigHook, unsetConfigHook } from './config-hooks.ts'
import { checkFolder, findHooksFolder } from './folder.ts'
import { installHook, uninstallHook, type Outcome } from './hook-file.ts'
import { allHooks, placesOf, report, type Ground, type HooksReport } from './report.ts'
import type { ShimSettings } from './shim.ts'

/** Puts aios beside the hooks of a repository, and takes it away again. */
export interface GitHooks {
  status(repository: Repository, signal: AbortSignal): Promise<HooksReport>
  install(repository: Repository, signal: AbortSignal): Promise<HooksReport>
  uninstall(repository: Repository, signal: AbortSignal): Promise<HooksReport>
}

/** What the hooks of all repositories have in common. */
export interface GitHooksParts {
  readonly shim: ShimSettings
  /** Returns what `git --version` says; hooks in the configuration are run from 2.54 on. */
  readonly gitVersion?: (repository: Repository, signal: AbortSignal) => Promise<string>
}

/** Creates what installs and uninstalls hooks; whatever it is asked twice, it does once. */
export function createGitHooks({ shim, gitVersion = askVersion }: GitHooksParts): GitHooks {
  const lookAt = async (repository: Repository, signal: AbortSignal): Promise<Ground> => {
    const folder = await findHooksFolder(repository, signal)
    const way = hasConfigHooks(await gitVersion(repository, signal)) ? 'config' : 'files'
    return { repository, folder, way, shim, ownFolder: join(repository.commonDir, 'aios') }
  }

  return {
    status: async (repository, signal) => report(await lookAt(repository, signal), [], signal),

    async install(repository, signal) {
      const ground = await lookAt(repository, signal)
      if (ground.way === 'files') await checkFolder(ground.folder, repository, signal)
      const place = ground.way === 'files' ? ground.folder.path : ground.ownFolder
      return changing(place, async () => {
        // First in, then out: on the way from one to the other, asking twice is better than not at all.
        const done = [...(await eachIn(place, installHook, ground))]
        if (ground.way === 'config') done.push(await installConfig(ground, signal))
        done.push(...(await leaveOthers(ground, place, signal)))
        return report(ground, done, signal)
      })
    },

    async uninstall(repository, signal) {
      const ground = await lookAt(repository, signal)
      return changing(ground.folder.path, async () =>
        report(ground, await leaveOthers(ground, undefined, signal), signal),
      )
    },
  }
}

async function eachIn(
  folder: string,
  act: (file: Parameters<typeof installHook>[0]) => Promise<Outcome>,
  { shim }: Ground,
): Promise<Outcome[]> {
  const done: Outcome[] = []
  for (const hook of allHooks) done.push(await act({ hook, folder, shim }))
  return done
}

/** Takes aios out of every place but one. */
async function leaveOthers(
  ground: Ground,
  staysIn: string | undefined,
  signal: AbortSignal,
): Promise<Outcome[]> {
  const done: Outcome[] = []
  if (staysIn !== ground.ownFolder) {
    for (const hook of (await readConfigHooks(ground.repository, signal)).keys()) {
      await unsetConfigHook(hook, ground.repository, signal)
      done.push({ changed: true, remarks: [] })
    }
  }
  for (const place of placesOf(ground)) {
    if (place !== staysIn) done.push(...(await eachIn(place, uninstallHook, ground)))
  }
  // What somebody keeps in it stays.
  if (staysIn !== ground.ownFolder) await rmdir(ground.ownFolder).catch(() => {})
  return done
}

async function installConfig({ repository, ownFolder }: Ground, signal: AbortSignal): Promise<Outcome> {
  const set = await readConfigHooks(repository, signal)
  const missing = allHooks.filter((hook) => set.get(hook) !== commandOf(hook, ownFolder))
  for (const hook of missing) {
    if (set.has(hook)) await unsetConfigHook(hook, repository, signal)
    await setConfigHook(hook, commandOf(hook, ownFolder), repository, signal)
  }
  return { changed: missing.length > 0, remarks: [] }
}

const denied = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EDQUOT'])

/** Turns what a file system refuses into what a person can do about it. */
async function changing<T>(folder: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    if (!denied.has(code)) throw cause
    throw new AiosError('hooks.unwritable', `The hooks in ${folder} cannot be changed (${code}).`, { cause })
  }
}

async function askVersion(repository: Repository, signal: AbortSignal): Promise<string> {
  const git = gitOf(repository, 'installing hooks')
  return git.text(['--version'], { cwd: repository.root, signal })
}
