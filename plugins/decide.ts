import { AiosError } from '../contract/errors.ts'
import type { PluginSetting } from '../contract/plugin.ts'
import { settingsOf } from './config-schema.ts'
import { enoughCalls } from './false-blocks.ts'
import type { PluginFolder } from './folder.ts'
import { hookOf } from '../contract/hooks.ts'
import { granted } from './permissions.ts'
import type { ApproveOptions, EnableOptions, PluginName } from './asked.ts'
import type { PluginRecords } from './port.ts'
import type { RosterEntry } from './roster.ts'
import { standingIn } from './status.ts'

/** What a person decides about plugins. Each decision holds before it returns. */
export interface Decisions {
  approve(name: ApproveOptions): Promise<void>
  enable(name: PluginName & EnableOptions): Promise<void>
  disable(name: PluginName & { readonly here?: boolean | undefined }): Promise<void>
}

interface DecisionParts {
  readonly records: PluginRecords
  readonly now: () => number
  readonly find: (name: PluginName) => RosterEntry
  /** Applies what is decided to what was read last. */
  readonly settle: () => Promise<void>
  readonly load: (key: string) => Promise<void>
}

/** Creates what writes decisions down and applies them. */
export function decideOn({ records, now, find, settle, load }: DecisionParts): Decisions {
  async function loadAll(name: PluginName): Promise<void> {
    await Promise.all(find(name).instances.map(({ key }) => load(key)))
  }

  return {
    async approve({ plugin, repository, hash, scopes = [] }) {
      const { found, problem } = find({ plugin, repository })
      const folder = folderOf(found.folder, problem)
      if (!folder.hash.startsWith(hash))
        throw new AiosError(
          'plugin.changed',
          `${plugin} is ${folder.hash.slice(0, 12)} now, not ${hash.slice(0, 12)}.`,
        )
      if (found.origin === 'bundled') return
      const { version, permissions } = folder.manifest
      const place = found.repository
      const given = granted(plugin, permissions, scopes)
      records.approve({
        repository: place,
        plugin,
        hash: folder.hash,
        version,
        permissions: given,
        at: now(),
      })
      await settle()
      await loadAll({ plugin, repository })
    },

    async enable({ plugin, repository, here = false, mode, anyway = false, ...wanted }) {
      const entry = find({ plugin, repository })
      const { found, standings, problem } = entry
      const folder = folderOf(found.folder, problem)
      const standing = standingIn(standings, here ? repository : found.repository)
      if (standing === undefined || standing.state !== 'approved')
        throw new AiosError('plugin.unapproved', `${plugin} was not approved as it is now.`)
      if (mode === 'enforce' && !anyway) refuseUnproven(folder, records)
      const decided = enabled(folder.manifest, standing.setting, mode, wanted)
      records.set({ ...decided, plugin, repository: scopeOf(found.repository, repository, here) })
      await settle()
      await loadAll({ plugin, repository })
    },

    async disable({ plugin, repository, here = false }) {
      const { found, standings } = find({ plugin, repository })
      const before = standingIn(standings, here ? repository : found.repository)?.setting
      const place = scopeOf(found.repository, repository, here)
      records.set({ config: '{}', ...before, repository: place, plugin, isEnabled: false })
      await settle()
    },
  }
}

/** Returns what is decided now on top of what was decided before; settings that do not fit are refused. */
function enabled(
  { config: schema }: PluginFolder['manifest'],
  before: PluginSetting | undefined,
  mode: EnableOptions['mode'],
  { config, more = {} }: Pick<EnableOptions, 'config' | 'more'>,
): Omit<PluginSetting, 'plugin' | 'repository'> {
  const kept = { ...recordOf(before?.config ?? '{}'), ...config }
  const settings = { ...kept, ...lengthened(settingsOf(schema, kept), more) }
  settingsOf(schema, settings)
  const decided = mode ?? before?.mode
  return {
    isEnabled: true,
    config: JSON.stringify(settings),
    ...(decided === undefined ? {} : { mode: decided }),
  }
}

/** Returns lists with what is added to them; what is no list is replaced, and refused as such. */
function lengthened(
  settings: Readonly<Record<string, unknown>>,
  more: NonNullable<EnableOptions['more']>,
): Record<string, unknown> {
  const longer = Object.entries(more).map(([name, added]) => {
    const now: unknown = settings[name]
    const before: readonly unknown[] = Array.isArray(now) ? now : []
    return [name, [...new Set([...before, ...added])]] as const
  })
  return Object.fromEntries(longer)
}

function recordOf(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function folderOf(folder: PluginFolder | undefined, problem: AiosError | undefined): PluginFolder {
  if (problem !== undefined) throw problem
  if (folder === undefined) throw new AiosError('plugin.unknown', 'The plugin is not there any more.')
  return folder
}

function scopeOf(own: string, repository: string | undefined, here: boolean): string {
  if (!here || own !== '') return own
  if (repository !== undefined) return repository
  throw new AiosError('request.invalid', 'Name the repository in which this is to hold.')
}

/** A gate may refuse only once somebody knows how often it would refuse wrongly. */
function refuseUnproven({ manifest, hash }: PluginFolder, records: PluginRecords): void {
  if (!manifest.handlers.some(({ hook }) => hookOf(hook).gate)) return
  const known = records.shadowCounts(manifest.id, hash).calls + (records.trial(manifest.id, hash)?.calls ?? 0)
  if (known >= enoughCalls) return
  const message = `${manifest.id} was asked ${known} times so far; nobody knows how often it would block falsely.`
  throw new AiosError('plugin.unproven', message)
}
