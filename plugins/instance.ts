import type { Permission } from '../contract/manifest.ts'
import type { PluginMode } from '../contract/plugin.ts'
import { settingsOf } from './config-schema.ts'
import type { FoundPlugin } from './discover.ts'
import type { PluginFolder } from './folder.ts'
import type { Standing } from './trust.ts'

/** A plugin that runs, with what it may and the settings it has. */
export interface Instance {
  /** Its name in the sandbox. */
  readonly key: string
  readonly folder: PluginFolder
  /** Plugins of a group share a process. */
  readonly group: string
  /** The repository that it is asked about; empty for all that have no instance of their own. */
  readonly scope: string
  readonly permissions: readonly Permission[]
  readonly mode: PluginMode
  /** JSON. */
  readonly config: string
}

/** Returns the instance of a plugin in one scope; undefined when nothing of it may run there. */
export function instanceOf(found: FoundPlugin, standing: Standing): Instance | undefined {
  const { id, origin, folder } = found
  const { scope, state, permissions, setting } = standing
  if (folder === undefined || state !== 'approved' || setting?.isEnabled === false) return undefined
  return {
    key: scope === '' ? id : `${id}@${scope}`,
    folder,
    group: origin === 'repository' ? `repository ${found.repository}` : origin,
    scope,
    permissions,
    mode: setting?.mode ?? 'shadow',
    config: JSON.stringify(settingsOf(folder.manifest.config, recordOf(setting?.config ?? '{}'))),
  }
}

/** Says whether both are the same code with the same rights and settings. */
export function isSameInstance(one: Instance, other: Instance): boolean {
  const facts = ({ key, folder, group, permissions, mode, config }: Instance) =>
    JSON.stringify([key, folder.hash, group, permissions, mode, config])
  return facts(one) === facts(other)
}

function recordOf(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
