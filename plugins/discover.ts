import { lstat, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AiosError } from '../contract/errors.ts'
import type { PluginOrigin } from '../contract/plugin.ts'
import { readPluginFolder, type PluginFolder } from './folder.ts'

/** A folder that holds plugins, one folder each. */
export interface PluginPlace {
  readonly origin: PluginOrigin
  /** Of a place in a repository; empty for others. */
  readonly repository: string
  readonly path: string
  /** Folders below the place that may not be links, nearest first; the place itself is the last. */
  readonly within?: string
}

/** A folder that is meant to be a plugin. */
export interface FoundPlugin {
  readonly id: string
  readonly origin: PluginOrigin
  readonly repository: string
  readonly path: string
  /** What was read; undefined when it is no plugin. */
  readonly folder?: PluginFolder
  readonly problem?: AiosError
}

const mostPlugins = 100

/**
 * Returns what lies in each place, sound or not.
 *
 * Of two with one id, one that came with aios goes before the user’s, and that before a repository’s: what a clone
 * brings never takes the place of what somebody chose. Two in one place stand against each other.
 */
export async function discoverPlugins(
  places: readonly PluginPlace[],
  signal: AbortSignal,
): Promise<FoundPlugin[]> {
  const found = (await Promise.all(places.map((place) => lookInto(place, signal)))).flat()
  return found.map((one) => ({ ...one, ...problemOf(one, found) }))
}

function problemOf(one: FoundPlugin, all: readonly FoundPlugin[]): { problem?: AiosError } {
  if (one.problem !== undefined) return {}
  const rival = all.find((other) => other !== one && other.id === one.id && isRival(one, other))
  if (rival === undefined) return {}
  const message = `${one.path} and ${rival.path} both call themselves ${one.id}.`
  return { problem: new AiosError('plugin.duplicate', message) }
}

function isRival(one: FoundPlugin, other: FoundPlugin): boolean {
  if (other.folder === undefined) return false
  if (one.origin === other.origin) return one.repository === other.repository
  return ranks[other.origin] < ranks[one.origin]
}

const ranks = { bundled: 0, user: 1, repository: 2 }

async function lookInto(place: PluginPlace, signal: AbortSignal): Promise<FoundPlugin[]> {
  const { path, origin, repository } = place
  if (!(await isPlainFolder(place))) return []
  const entries = await readdir(path, { withFileTypes: true })
  const names = entries
    .filter((entry) => !entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
  return Promise.all(
    names
      .toSorted()
      .slice(0, mostPlugins)
      .map((name) => readFound({ origin, repository, path: join(path, name) }, signal)),
  )
}

/** A link on the way to a repository’s plugins would show what lies elsewhere. */
async function isPlainFolder({ path, within }: PluginPlace): Promise<boolean> {
  for (const folder of within === undefined ? [path] : [within, path]) {
    const stats = await lstat(folder).catch(() => undefined)
    if (stats === undefined || !stats.isDirectory()) return false
  }
  return true
}

async function readFound(
  place: Pick<FoundPlugin, 'origin' | 'repository' | 'path'>,
  signal: AbortSignal,
): Promise<FoundPlugin> {
  try {
    const folder = await readPluginFolder(place.path, signal)
    return { ...place, id: folder.manifest.id, folder }
  } catch (error) {
    if (!(error instanceof AiosError)) throw error
    return { ...place, id: basename(place.path), problem: error }
  }
}
