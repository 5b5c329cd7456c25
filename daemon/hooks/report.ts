import { join } from 'node:path'
import {
  noticeHooks,
  questionHooks,
  type GitHook,
  type HooksAnswer,
  type HookStatus,
} from '../../contract/hook-routes.ts'
import type { Repository } from '../git/repository.ts'
import { commandOf, readConfigHooks } from './config-hooks.ts'
import type { HooksFolder } from './folder.ts'
import { hookStatus, type Outcome } from './hook-file.ts'
import { managerIn } from './managers.ts'
import type { ShimSettings } from './shim.ts'

/** What is said of the hooks of a repository. */
export type HooksReport = Omit<HooksAnswer, 'repository'>

/** The hooks of one repository, seen from one worktree. */
export interface Ground {
  readonly repository: Repository
  readonly folder: HooksFolder
  readonly way: HooksAnswer['way']
  readonly shim: ShimSettings
  /** Where the files lie that the configuration names. */
  readonly ownFolder: string
}

/** Every hook that aios is installed for. */
export const allHooks: readonly GitHook[] = [...questionHooks, ...noticeHooks]

/** Returns every folder that aios may ever have put a file into: git may have looked elsewhere then. */
export function placesOf({ repository, folder, ownFolder }: Ground): string[] {
  const husky = join(repository.root, '.husky', '_')
  const known = [
    folder.path,
    join(repository.commonDir, 'hooks'),
    ...(repository.isBare ? [] : [husky]),
    ownFolder,
  ]
  return [...new Set(known)]
}

/** Says how aios stands in each hook, after what was done. */
export async function report(
  ground: Ground,
  done: readonly Outcome[],
  signal: AbortSignal,
): Promise<HooksReport> {
  const { folder, way } = ground
  const here = way === 'files' ? await statusIn(folder.path, ground) : await configStatus(ground, signal)
  const hooks = await withLost(here, ground)
  const manager = await managerIn(folder.path, allHooks)
  const remarks = [...done.flatMap((one) => one.remarks), ...remarksOn(hooks, manager)]
  return {
    way,
    folder: folder.path,
    ...(manager === undefined ? {} : { manager }),
    hooks,
    changed: done.filter(({ changed }) => changed).length,
    remarks,
  }
}

/** All hooks are installed together, so one that is missing beside others, or lies where git does not look, was lost. */
async function withLost(here: readonly HookStatus[], ground: Ground): Promise<HookStatus[]> {
  const isThere = ({ state }: HookStatus) => state !== 'absent'
  const lost = (state: HookStatus['state']) => here.map((one) => (isThere(one) ? one : { ...one, state }))
  if (here.some(isThere)) return lost('displaced')
  const place = ground.way === 'files' ? ground.folder.path : ground.ownFolder
  for (const other of placesOf(ground).filter((path) => path !== place)) {
    const found = await statusIn(other, ground)
    // A newer git still runs the files that were installed for an older one.
    if (found.some(isThere)) return lost(other === ground.folder.path ? 'outdated' : 'displaced')
  }
  return [...here]
}

async function statusIn(folder: string, { shim }: Ground): Promise<HookStatus[]> {
  return Promise.all(allHooks.map((hook) => hookStatus({ hook, folder, shim })))
}

async function configStatus(ground: Ground, signal: AbortSignal): Promise<HookStatus[]> {
  const set = await readConfigHooks(ground.repository, signal)
  const files = await statusIn(ground.ownFolder, ground)
  return files.map((file) => {
    const command = set.get(file.hook)
    if (command === undefined) return { ...file, state: file.state === 'absent' ? 'absent' : 'displaced' }
    const isWhole = command === commandOf(file.hook, ground.ownFolder) && file.state !== 'absent'
    return isWhole ? file : { ...file, state: 'outdated' }
  })
}

function remarksOn(hooks: readonly HookStatus[], manager: string | undefined): string[] {
  const inState = (state: HookStatus['state']) =>
    hooks.filter((one) => one.state === state).map(({ hook }) => hook)
  const displaced = inState('displaced')
  const outdated = inState('outdated')
  const isIn = hooks.some(({ state }) => state === 'installed')
  const by = manager === undefined ? 'somebody' : manager
  return [
    ...(displaced.length === 0
      ? []
      : [
          `${by} took the place of aios in ${displaced.join(', ')}; \`aios hooks install\` puts it back beside.`,
        ]),
    ...(outdated.length === 0
      ? []
      : [
          `${outdated.join(', ')} ${outdated.length === 1 ? 'is' : 'are'} of another aios; run \`aios hooks install\`.`,
        ]),
    ...(isIn && manager === 'husky'
      ? ['husky writes its folder anew when it is installed; run `aios hooks install` after it.']
      : []),
  ]
}
