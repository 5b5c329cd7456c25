import { AiosError } from '../contract/errors.ts'
import type { PluginName } from './asked.ts'
import type { Crew } from './crew.ts'
import { discoverPlugins, type FoundPlugin, type PluginPlace } from './discover.ts'
import type { PluginRecords } from './port.ts'
import { rosterOf, type RosterEntry } from './roster.ts'

/** What is looked at, and with what. */
export interface SightParts {
  readonly records: Pick<PluginRecords, 'approvals' | 'settings'>
  /** Where plugins lie now: those of aios, the user’s, and each repository’s. */
  readonly places: () => readonly PluginPlace[]
  /** The version of aios. */
  readonly version: string
  /** Watches folders that exist; returns how to end it. Without it, changes are seen when somebody looks. */
  readonly watch?: (folders: readonly string[], onChange: () => void) => () => Promise<void>
  readonly onTrouble: (where: string, error: unknown) => void
}

/** What is there, as it was seen last. */
export interface Sight {
  roster(): readonly RosterEntry[]
  /** Reads what is there; those who ask while it reads get the next reading. */
  look(): Promise<void>
  /** Applies what was decided to what was read last: the bytes that were approved are the bytes that run. */
  settle(): Promise<void>
  close(): Promise<void>
}

/** Creates a sight of nothing. */
export function createSight(parts: SightParts, crew: Crew): Sight {
  const ending = new AbortController()
  let found: FoundPlugin[] = []
  let roster: readonly RosterEntry[] = []
  let unwatch: (() => Promise<void>) | undefined
  let watched = ''
  let turn: Promise<void> = Promise.resolve()

  const inTurn = (act: () => Promise<void>): Promise<void> => {
    const result = turn.then(() => (ending.signal.aborted ? undefined : act()))
    turn = result.catch(() => {})
    return result
  }
  const apply = async () => {
    roster = rosterOf(found, parts.records.approvals(), parts.records.settings(), parts.version)
    await crew.muster(roster)
  }
  const look = () =>
    inTurn(async () => {
      const places = parts.places()
      found = await discoverPlugins(places, ending.signal)
      await apply()
      await watchAll(places.filter(({ origin }) => origin !== 'bundled').map(({ path }) => path))
    })
  const watchAll = async (folders: readonly string[]) => {
    if (parts.watch === undefined || folders.join('\n') === watched) return
    await unwatch?.()
    watched = folders.join('\n')
    unwatch = parts.watch(folders, () => {
      look().catch((error: unknown) => parts.onTrouble('plugins', error))
    })
  }

  return {
    roster: () => roster,
    look,
    settle: () => inTurn(apply),
    async close() {
      ending.abort()
      await turn
      await unwatch?.()
    },
  }
}

/** Says whether a plugin of a place is there for those who ask from a repository. */
export function isIn(place: string, repository: string | undefined): boolean {
  return place === '' || repository === undefined || place === repository
}

/** Returns the plugin of a name: a repository’s own where one is named, else one for all, else the only one. */
export function findIn(roster: readonly RosterEntry[], { plugin, repository }: PluginName): RosterEntry {
  const all = roster.filter(({ found }) => found.id === plugin && isIn(found.repository, repository))
  const own = all.find(({ found, problem }) => found.repository === '' && problem === undefined)
  const [entry] = own === undefined ? all : [own]
  if (entry === undefined) throw new AiosError('plugin.unknown', `There is no plugin ${plugin}.`)
  return entry
}
