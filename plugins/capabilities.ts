import type { Capabilities, PluginStatus } from '../contract/plugin-answers.ts'

/** Returns which plugins handle which hooks, and which may do what; of those that run. */
export function capabilitiesOf(plugins: readonly PluginStatus[]): Capabilities {
  const active = plugins.filter(({ state }) => state === 'active')
  const hooks = grouped(active, ({ hooks: handled }) => handled)
  const permissions = grouped(active, ({ granted }) => granted.map(({ name }) => name))
  return {
    hooks: hooks.map(([hook, ids]) => ({ hook, plugins: ids })),
    permissions: permissions.map(([permission, ids]) => ({ permission, plugins: ids })),
  }
}

function grouped(
  plugins: readonly PluginStatus[],
  namesOf: (plugin: PluginStatus) => readonly string[],
): [string, string[]][] {
  const groups = new Map<string, string[]>()
  for (const plugin of plugins)
    for (const name of namesOf(plugin)) groups.set(name, [...(groups.get(name) ?? []), plugin.id])
  return [...groups].toSorted(([one], [other]) => (one < other ? -1 : 1))
}
