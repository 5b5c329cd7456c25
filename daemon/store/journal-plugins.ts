import type { DatabaseSync } from 'node:sqlite'
import type { Permission } from '../../contract/manifest.ts'
import { Approval, type PluginSetting } from '../../contract/plugin.ts'
import { isValid } from '../../contract/validate.ts'
import { pluginCallsIn } from './journal-plugin-calls.ts'
import { numberIn, textIn, textsOf, type SqlRow } from './journal-rows.ts'

/** Returns the part of the journal that keeps plugins’ approvals, settings, values and what they did. */
export function pluginsIn(database: DatabaseSync) {
  return { ...approvalsIn(database), ...valuesIn(database), ...pluginCallsIn(database) }
}

/** What the journal keeps of plugins. */
export type JournalOfPlugins = ReturnType<typeof pluginsIn>

function approvalsIn(database: DatabaseSync) {
  const all = database.prepare('SELECT * FROM plugin_approvals ORDER BY repository, plugin')
  const approve = database.prepare(`
    INSERT OR REPLACE INTO plugin_approvals (repository, plugin, hash, version, permissions, at)
    VALUES (?, ?, ?, ?, ?, ?)`)
  const settings = database.prepare('SELECT * FROM plugin_settings ORDER BY repository, plugin')
  const set = database.prepare(`
    INSERT OR REPLACE INTO plugin_settings (repository, plugin, enabled, mode, config) VALUES (?, ?, ?, ?, ?)`)
  const forget = ['plugin_approvals', 'plugin_settings', 'plugin_values'].map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE plugin = ? AND (repository = ? OR ? = '')`),
  )

  return {
    approvals: (): Approval[] => all.all().flatMap(approvalOf),
    approve: ({ repository, plugin, hash, version, permissions, at }: Approval) =>
      void approve.run(repository, plugin, hash, version, JSON.stringify(permissions), at),
    settings: (): PluginSetting[] => settings.all().map(settingOf),
    set: ({ repository, plugin, isEnabled, mode, config }: PluginSetting) =>
      void set.run(repository, plugin, isEnabled ? 1 : 0, mode ?? '', config),
    forgetPlugin(plugin: string, repository: string) {
      for (const statement of forget) statement.run(plugin, repository, repository)
    },
  }
}

/** An approval that cannot be read approves nothing. */
function approvalOf(row: SqlRow): Approval[] {
  const permissions: unknown = JSON.parse(textIn(row, 'permissions'))
  const approval = {
    repository: textIn(row, 'repository'),
    plugin: textIn(row, 'plugin'),
    hash: textIn(row, 'hash'),
    version: textIn(row, 'version'),
    permissions: isPermissions(permissions) ? permissions : undefined,
    at: numberIn(row, 'at'),
  }
  return isValid(Approval, approval) ? [approval] : []
}

function isPermissions(value: unknown): value is Permission[] {
  return isValid(Approval.properties.permissions, value)
}

function settingOf(row: SqlRow): PluginSetting {
  const mode = textIn(row, 'mode')
  return {
    repository: textIn(row, 'repository'),
    plugin: textIn(row, 'plugin'),
    isEnabled: numberIn(row, 'enabled') === 1,
    ...(mode === 'enforce' || mode === 'shadow' ? { mode } : {}),
    config: textIn(row, 'config'),
  }
}

function valuesIn(database: DatabaseSync) {
  const where = 'plugin = ? AND repository = ?'
  const get = database.prepare(`SELECT value FROM plugin_values WHERE ${where} AND key = ?`)
  const room = database.prepare(`
    SELECT count(*) AS keys, coalesce(sum(length(CAST(value AS BLOB)) + length(CAST(key AS BLOB))), 0) AS bytes
    FROM plugin_values WHERE ${where} AND key != ?`)
  const set = database.prepare(
    'INSERT OR REPLACE INTO plugin_values (plugin, repository, key, value) VALUES (?, ?, ?, ?)',
  )
  const remove = database.prepare(`DELETE FROM plugin_values WHERE ${where} AND key = ?`)
  const keys = database.prepare(
    `SELECT key FROM plugin_values WHERE ${where} AND substr(key, 1, length(?)) = ? ORDER BY key`,
  )

  return {
    value(plugin: string, repository: string, key: string): string | undefined {
      const row = get.get(plugin, repository, key)
      return row === undefined ? undefined : textIn(row, 'value')
    },
    room(plugin: string, repository: string, key: string) {
      const row = room.get(plugin, repository, key)
      return { keys: numberIn(row, 'keys'), bytes: numberIn(row, 'bytes') }
    },
    setValue: (plugin: string, repository: string, key: string, value: string) =>
      void set.run(plugin, repository, key, value),
    deleteValue: (plugin: string, repository: string, key: string) =>
      void remove.run(plugin, repository, key),
    keys: (plugin: string, repository: string, prefix: string) =>
      textsOf(keys.all(plugin, repository, prefix, prefix), 'key'),
  }
}
