import { AiosError } from '../contract/errors.ts'
import type { Approval, PluginSetting } from '../contract/plugin.ts'
import type { FoundPlugin } from './discover.ts'
import { instanceOf, type Instance } from './instance.ts'
import { orderPlugins } from './order.ts'
import { standingsOf, type Standing } from './trust.ts'

/** A plugin that was found, how it stands, and what runs of it. */
export interface RosterEntry {
  readonly found: FoundPlugin
  readonly standings: readonly Standing[]
  readonly instances: readonly Instance[]
  readonly problem: AiosError | undefined
}

/** Returns every plugin that was found, those that may run in the order in which they are loaded. */
export function rosterOf(
  found: readonly FoundPlugin[],
  approvals: readonly Approval[],
  settings: readonly PluginSetting[],
  aios: string,
): RosterEntry[] {
  const problems = new Map<FoundPlugin, AiosError>()
  const places = [...new Set(['', ...found.map(({ repository }) => repository)])]
  const order: FoundPlugin[] = []
  for (const place of places) {
    const here = found.filter(
      ({ repository, problem }) => problem === undefined && (repository === '' || repository === place),
    )
    const byManifest = new Map(here.map((one) => [one.folder?.manifest, one]))
    const { ordered, refused } = orderPlugins(
      [...byManifest.keys()].filter((one) => one !== undefined),
      aios,
    )
    for (const one of here.filter(({ repository }) => repository === place)) {
      const problem = refused.get(one.id)
      if (problem !== undefined) problems.set(one, problem)
    }
    order.push(
      ...ordered.flatMap((manifest) => byManifest.get(manifest) ?? []).filter((one) => !order.includes(one)),
    )
  }
  const all = [...order, ...found.filter((one) => !order.includes(one))]
  return all.map((one) => entryOf(one, problems.get(one) ?? one.problem, approvals, settings))
}

function entryOf(
  found: FoundPlugin,
  problem: AiosError | undefined,
  approvals: readonly Approval[],
  settings: readonly PluginSetting[],
): RosterEntry {
  const standings = standingsOf(found, approvals, settings)
  if (problem !== undefined) return { found, standings, instances: [], problem }
  try {
    const instances = standings.flatMap((standing) => instanceOf(found, standing) ?? [])
    return { found, standings, instances, problem }
  } catch (error) {
    if (!(error instanceof AiosError)) throw error
    return { found, standings, instances: [], problem: error }
  }
}
