import { AiosError } from '../contract/errors.ts'
import type {
  Capabilities,
  PluginLogEntry,
  PluginRequest,
  PluginStatus,
  ReplayReport,
  TrialReport,
} from '../contract/plugin-answers.ts'
import type { HookBus } from '../daemon/bus/hooks.ts'
import type { ApproveOptions, EnableOptions, PluginName, TrialOptions } from './asked.ts'
import { createBroker } from './broker.ts'
import { capabilitiesOf } from './capabilities.ts'
import { type Crew, createCrew } from './crew.ts'
import { decideOn } from './decide.ts'
import { readPluginFolder } from './folder.ts'
import { logOf } from './log.ts'
import { differenceOf, withoutScope } from './permissions.ts'
import type { PluginPort, PluginRecords } from './port.ts'
import { createRecorder } from './recorder.ts'
import { replayCall } from './replay.ts'
import type { RosterEntry } from './roster.ts'
import type { Sandbox } from './sandbox.ts'
import { createSight, findIn, isIn, type Sight, type SightParts } from './sight.ts'
import { pluginStatus, standingIn } from './status.ts'
import { tryPlugin } from './trial.ts'
import { deleteFrom, installInto } from './user-folder.ts'

/** The plugins: what is there, what its user allowed, and what runs. */
export interface Plugins {
  list(repository?: string): Promise<{ items: PluginStatus[]; capabilities: Capabilities }>
  /** Returns what a plugin asks for, and how that differs from what it has. */
  request(name: PluginName): Promise<PluginRequest>
  /** Copies a folder into the user’s folder of plugins. */
  add(path: string): Promise<PluginRequest>
  /** Allows exactly the bytes that the hash names. */
  approve(name: ApproveOptions): Promise<PluginRequest>
  enable(name: PluginName & EnableOptions): Promise<PluginStatus>
  disable(name: PluginName & { here?: boolean | undefined }): Promise<PluginStatus>
  remove(name: PluginName): Promise<{ id: string; isDeleted: boolean }>
  test(trial: TrialOptions, signal: AbortSignal): Promise<TrialReport>
  replay(call: string, signal: AbortSignal): Promise<ReplayReport>
  logs(name: PluginName, limit: number): Promise<PluginLogEntry[]>
  /** Looks again at what is there. */
  reload(): Promise<void>
  close(): Promise<void>
}

/** What plugins are made of. */
export interface PluginsParts extends SightParts {
  readonly sandbox: Sandbox
  readonly bus: Pick<HookBus, 'register'>
  readonly records: PluginRecords
  readonly port: PluginPort
  /** The user’s own folder of plugins. */
  readonly userFolder: string
  /** The names of the schedules that there are. */
  readonly schedules: () => readonly string[]
  readonly now: () => number
}

/** Creates the plugins; nothing runs before the first `reload`. */
export function createPlugins(parts: PluginsParts): Plugins {
  const { records, port, now, sandbox } = parts
  const recorder = createRecorder(records, (error) => parts.onTrouble('records', error))
  const broker = createBroker(port, now)
  const crew = createCrew(parts.bus, { sandbox, broker, port, records, recorder, now })
  const seen = createSight(parts, crew)
  const find = (name: PluginName) => findIn(seen.roster(), name)
  const shown = showing(seen, parts, crew.trouble)
  const decide = decideOn({ records, now, find, settle: seen.settle, load: crew.load })

  return {
    async list(repository) {
      await seen.look()
      return shown.list(repository)
    },
    async request(name) {
      await seen.look()
      return shown.request(name)
    },
    async add(path) {
      const id = await addFolder(path, parts.userFolder, seen)
      return shown.request({ plugin: id })
    },
    async approve(name) {
      await seen.look()
      await decide.approve(name)
      return shown.request(name)
    },
    async enable(name) {
      await seen.look()
      await decide.enable(name)
      return shown.status(name)
    },
    async disable(name) {
      await decide.disable(name)
      return shown.status(name)
    },
    async remove(name) {
      const removed = await removeFound(find(name), parts)
      await seen.look()
      return removed
    },
    test: (options, signal) => tryPlugin(options, { sandbox, port, records, now }, signal),
    replay(call, signal) {
      recorder.flush()
      return replayCall(call, seen.roster(), { sandbox, records }, signal)
    },
    async logs(name, limit) {
      recorder.flush()
      return logOf(find(name).found.id, name.repository, records, limit)
    },
    reload: seen.look,
    async close() {
      await seen.close()
      await crew.close()
      recorder.close()
    },
  }
}

/** Returns what shows plugins as they were seen last. */
function showing(
  seen: Sight,
  { records, schedules }: Pick<PluginsParts, 'records' | 'schedules'>,
  trouble: Crew['trouble'],
) {
  const statusIn = (entry: RosterEntry, repository: string | undefined) =>
    pluginStatus(entry, repository, records, trouble, schedules())
  const find = (name: PluginName) => findIn(seen.roster(), name)

  return {
    status: (name: PluginName) => statusIn(find(name), name.repository),
    list(repository: string | undefined) {
      const here = seen.roster().filter(({ found }) => isIn(found.repository, repository))
      const items = here.map((entry) => statusIn(entry, repository))
      return { items, capabilities: capabilitiesOf(items) }
    },
    request(name: PluginName): PluginRequest {
      const entry = find(name)
      const approval = standingIn(entry.standings, name.repository)?.approval
      const requested = entry.found.folder?.manifest.permissions ?? []
      const difference = differenceOf(approval?.permissions ?? [], requested)
      const plugin = statusIn(entry, name.repository)
      const missing = withoutScope(requested)
      return { plugin, difference, missing, ...(approval === undefined ? {} : { approval }) }
    },
  }
}

async function addFolder(path: string, userFolder: string, seen: Sight): Promise<string> {
  const folder = await readPluginFolder(path, new AbortController().signal)
  const { id } = folder.manifest
  await seen.look()
  if (seen.roster().some(({ found }) => found.id === id && found.origin === 'bundled'))
    throw new AiosError('plugin.duplicate', `${id} is the id of a plugin that came with aios.`)
  await installInto(userFolder, folder)
  await seen.look()
  return id
}

async function removeFound(
  { found }: RosterEntry,
  { records, userFolder }: Pick<PluginsParts, 'records' | 'userFolder'>,
): Promise<{ id: string; isDeleted: boolean }> {
  const { id, origin, repository, path } = found
  if (origin === 'bundled') {
    const message = `${id} came with aios; \`aios plugin disable ${id}\` keeps it from running.`
    throw new AiosError('plugin.invalid', message)
  }
  records.forgetPlugin(id, repository)
  if (origin === 'user') await deleteFrom(userFolder, path)
  return { id, isDeleted: origin === 'user' }
}
