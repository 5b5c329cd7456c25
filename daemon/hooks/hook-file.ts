import { constants } from 'node:fs'
import {
  chmod,
  copyFile,
  link,
  lstat,
  mkdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import type { GitHook, HookStatus } from '../../contract/hook-routes.ts'
import { managerOf } from './managers.ts'
import { readShim, renderShim, type ShimSettings } from './shim.ts'

/** One hook in one folder. */
export interface HookFile {
  readonly hook: GitHook
  readonly folder: string
  readonly shim: ShimSettings
}

/** What was done, and what a person should know of it. */
export interface Outcome {
  readonly changed: boolean
  readonly remarks: readonly string[]
}

const nothing: Outcome = { changed: false, remarks: [] }

/** Says how aios stands in a hook. */
export async function hookStatus(file: HookFile): Promise<HookStatus> {
  const { hook } = file
  const [text, keeps] = [await textAt(pathOf(file)), await isThere(keptPath(file))]
  const shim = text === undefined ? undefined : readShim(text)
  if (text === undefined || shim === undefined) {
    const wasHere = keeps || (await ourSibling(file)) !== undefined
    return { hook, state: wasHere ? 'displaced' : 'absent', keeps }
  }
  if (!shim.isIntact) return { hook, state: 'edited', keeps }
  return { hook, state: text === (await wantedShim(file)) ? 'installed' : 'outdated', keeps }
}

/**
 * Puts a shim in the place of a hook; what was there is kept beside it and runs first.
 *
 * The hook is never away: what was there gets a second name, then the shim takes over the first.
 */
export async function installHook(file: HookFile): Promise<Outcome> {
  const path = pathOf(file)
  const text = await textAt(path)
  const shim = text === undefined ? undefined : readShim(text)
  if (shim !== undefined && !shim.isIntact) {
    return {
      changed: false,
      remarks: [`${path} was changed by hand and is left as it is; delete it to have it made anew.`],
    }
  }
  const isForeign = text !== undefined && shim === undefined
  const remarks = isForeign ? await settle(file, text) : []
  if (isForeign) await doubled(path, keptPath(file))
  const wanted = await wantedShim(file)
  if (text === wanted) return nothing
  const fresh = `${path}.aios-new`
  await mkdir(file.folder, { recursive: true })
  await writeFile(fresh, wanted, { mode: 0o755 })
  await chmod(fresh, 0o755)
  await rename(fresh, path)
  return { changed: true, remarks }
}

/** Takes the shim away and puts back what was there: the same file, so the same bytes and the same mode. */
export async function uninstallHook(file: HookFile): Promise<Outcome> {
  const path = pathOf(file)
  const text = await textAt(path)
  const shim = text === undefined ? undefined : readShim(text)
  const isOurs = text === undefined || shim !== undefined
  if (!isOurs) {
    const hadKept = (await isThere(keptPath(file))) || (await ourSibling(file)) !== undefined
    return hadKept ? { changed: true, remarks: await settle(file, text) } : nothing
  }
  const remarks: string[] = []
  if (shim?.isIntact === false) {
    const aside = await freeName(`${path}.aios-edited`)
    await rename(path, aside)
    remarks.push(`${path} was changed by hand; it does not run any more, and is kept as ${aside}.`)
  }
  if (await isThere(keptPath(file))) await rename(keptPath(file), path)
  else if (shim === undefined) return nothing
  else await rm(path, { force: true })
  return { changed: true, remarks }
}

/**
 * Tidies up where somebody put another hook in the place of ours. What a manager wrote is superseded by what it
 * wrote since; what the user wrote goes to where that manager put our shim, which stood for it, or stays aside.
 */
async function settle(file: HookFile, current: string): Promise<string[]> {
  const remarks: string[] = []
  const kept = keptPath(file)
  const sibling = await ourSibling(file)
  const old = await textAt(kept)
  const isSuperseded = old !== undefined && (sameManager(old, current) || (await areSame(kept, pathOf(file))))
  if (isSuperseded) await rm(kept)
  else if (old !== undefined && sibling !== undefined) await rename(kept, sibling)
  else if (old !== undefined) {
    const aside = await freeName(`${kept}-older`)
    await rename(kept, aside)
    remarks.push(
      `${pathOf(file)} was replaced by somebody; the hook that stood there before is kept as ${aside}.`,
    )
  }
  if (sibling !== undefined && (old === undefined || isSuperseded)) await rm(sibling)
  return remarks
}

/** Text is not enough to tell: what is no UTF-8 all looks alike. */
async function areSame(one: string, other: string): Promise<boolean> {
  const [left, right] = await Promise.all([readFile(one), readFile(other)])
  return left.equals(right)
}

function sameManager(one: string, other: string): boolean {
  return managerOf(one) !== undefined && managerOf(one) === managerOf(other)
}

/** Returns where a manager put our shim when it took over: `.old` is lefthook's name, `.legacy` pre-commit's. */
async function ourSibling(file: HookFile): Promise<string | undefined> {
  for (const name of ['legacy', 'old']) {
    const path = `${pathOf(file)}.${name}`
    const text = await textAt(path)
    if (text !== undefined && readShim(text)?.isIntact === true) return path
  }
  return undefined
}

async function wantedShim(file: HookFile): Promise<string> {
  const old = await textAt(keptPath(file))
  const kept = old === undefined ? undefined : { manager: managerOf(old) ?? '' }
  return renderShim(file.hook, file.shim, kept)
}

function pathOf({ folder, hook }: HookFile): string {
  return join(folder, hook)
}

function keptPath(file: HookFile): string {
  return `${pathOf(file)}.aios-kept`
}

/** Returns what stands in a file; undefined when there is none. A link that leads nowhere is an empty hook. */
async function textAt(path: string): Promise<string | undefined> {
  if (!(await isThere(path))) return undefined
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false
      throw error
    },
  )
}

/** Gives a file a second name. Where that cannot be, the second is a copy with the same mode. */
async function doubled(path: string, second: string): Promise<void> {
  const status = await lstat(path)
  if (status.isSymbolicLink()) return symlink(await readlink(path), second)
  try {
    await link(path, second)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw error
    await copyFile(path, second, constants.COPYFILE_EXCL)
    await chmod(second, status.mode)
  }
}

async function freeName(wanted: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}-${number}`
    if (!(await isThere(name))) return name
  }
}
