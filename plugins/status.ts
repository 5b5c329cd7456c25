import { hookOf } from '../contract/hooks.ts'
import type { PluginStatus } from '../contract/plugin-answers.ts'
import { falseBlocksOf } from './false-blocks.ts'
import type { Trouble } from './member.ts'
import type { PluginRecords } from './port.ts'
import type { RosterEntry } from './roster.ts'
import type { Standing } from './trust.ts'

/** Returns how a plugin stands in a repository, or in all of them; `schedules` are the names that the settings know. */
export function pluginStatus(
  { found, standings, instances, problem }: RosterEntry,
  repository: string | undefined,
  records: Pick<PluginRecords, 'shadowCounts'>,
  trouble: (key: string) => Trouble | undefined,
  schedules: readonly string[],
): PluginStatus {
  const standing = standingIn(standings, repository)
  const instance = instances.find(({ scope }) => scope === standing?.scope)
  const manifest = found.folder?.manifest
  const paused = instance === undefined ? undefined : trouble(instance.key)
  const hooks = manifest?.handlers.map(({ hook }) => hook) ?? []
  const why = problem?.message ?? paused?.message ?? neverDue(hooks, schedules)
  const hash = found.folder?.hash ?? ''
  const isGate = manifest?.handlers.some(({ hook }) => hookOf(hook).gate) === true
  const { calls, denials } = records.shadowCounts(found.id, hash)
  return {
    id: found.id,
    name: manifest?.name ?? found.id,
    version: manifest?.version ?? '',
    description: manifest?.description ?? '',
    origin: found.origin,
    ...(found.repository === '' ? {} : { repository: found.repository }),
    path: found.path,
    hash,
    state: problem !== undefined ? 'broken' : stateOf(standing, paused),
    ...(why === undefined ? {} : { problem: why }),
    mode: standing?.setting?.mode ?? 'shadow',
    ...(standing === undefined || standing.scope === found.repository ? {} : { isDecidedHere: true }),
    hooks,
    requested: [...(manifest?.permissions ?? [])],
    granted: [...(standing?.permissions ?? [])],
    ...(calls === 0 || !isGate ? {} : { shadow: falseBlocksOf(calls, denials, denials) }),
  }
}

/** Whoever waits for a schedule that there is none of would wait for ever, and hear nothing. */
function neverDue(hooks: readonly string[], schedules: readonly string[]): string | undefined {
  const names = hooks.filter((hook) => hook.startsWith('schedule:')).map((hook) => hook.slice(9))
  const lines = names
    .filter((name) => !schedules.includes(name))
    .map(
      (name) =>
        `schedule:${name} is never asked, for there is no schedule ${name}. To set it: aios config set schedules.${name} "0 4 * * *"`,
    )
  return lines.length === 0 ? undefined : lines.join('\n')
}

/** Returns the decision that holds in a repository: its own, else the one for all. */
export function standingIn(
  standings: readonly Standing[],
  repository: string | undefined,
): Standing | undefined {
  return standings.find(({ scope }) => scope === repository) ?? standings[0]
}

function stateOf(standing: Standing | undefined, paused: Trouble | undefined): PluginStatus['state'] {
  if (standing === undefined || standing.state === 'unapproved') return 'unapproved'
  if (standing.state === 'changed') return 'changed'
  if (standing.setting?.isEnabled === false) return 'disabled'
  return paused?.state ?? 'active'
}
