import { lookup } from 'node:dns/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { createCheck } from '../contract/check.ts'
import { AiosError } from '../contract/errors.ts'
import type { EventEnvelope } from '../contract/events.ts'
import type { pluginRoutes } from '../contract/plugin-routes.ts'
import { questionRoutes } from '../contract/question-routes.ts'
import type { Answers, InputOf, Route } from '../contract/route.ts'
import type { StateFolders } from '../contract/state.ts'
import { createSecretSearch, type SecretSearch } from '../native-workers/secret-search.ts'
import { isPublicAddress } from '../plugins/addresses.ts'
import { createPlugins } from '../plugins/plugins.ts'
import type { PluginPlace } from '../plugins/discover.ts'
import type { PluginPort } from '../plugins/port.ts'
import { createSandbox } from '../plugins/sandbox.ts'
import { answersAboutPlugins } from './answers-plugins.ts'
import type { HookBus } from './bus/hooks.ts'
import { watchFolders } from './git/watch-folders.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Metrics } from './metrics/metrics.ts'
import { residentBytes } from './metrics/resident.ts'
import { related } from './memory/related.ts'
import { undone } from './memory/undone.ts'
import { pastEvents } from './past-events.ts'
import type { Repositories } from './repositories.ts'
import type { Journal } from './store/journal.ts'
import { version } from './version.ts'

/** What plugins are opened with. */
export interface PluginsGround {
  readonly folders: StateFolders
  readonly logger: Logger
  readonly lifecycle: Lifecycle
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly journal: Journal
  readonly hooks: HookBus
  readonly metrics: Metrics
  readonly repositories: Repositories
  /** The user’s own settings, as they are in force. */
  readonly config: { readonly config: { readonly schedules: Readonly<Record<string, string>> } }
  readonly events: { subscribe(listener: (event: EventEnvelope) => void): () => void }
  /** What plugins with `memory:read` ask; not behind hooks, or a plugin would be asked about its own question. */
  readonly questions: () => Questions
}

/** The questions that plugins may ask of memory. */
type Questions = Answers<
  Pick<typeof questionRoutes, 'recall' | 'why' | 'related' | 'context' | 'show' | 'timeline'>
>

/** One folder deep in source and in `dist` alike. */
const bundled = fileURLToPath(new URL('../plugins/bundled/', import.meta.url))
const suffix = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
const sandboxEntry = new URL(`../plugins/host/main${suffix}`, import.meta.url)
const secretTasks = new URL(`../native-workers/secret-tasks${suffix}`, import.meta.url)

/** Opens the plugins and returns what answers the routes about them; they are read in the background. */
export function openPlugins(ground: PluginsGround): Answers<typeof pluginRoutes> {
  const { folders, logger, lifecycle, journal, hooks, metrics, repositories, events, now } = ground
  const trouble = (where: string, error: unknown) => logger.warn({ where, err: error }, 'plugins')
  const sandbox = createSandbox({
    entry: sandboxEntry,
    onLost(group, reason) {
      metrics.restarted('plugins')
      logger.warn({ group, reason }, 'a sandbox was lost')
    },
  })
  const figures = metrics.read(async () => ({
    memory: [{ process: 'plugins', bytes: await residentBytes(sandbox.processes()) }],
  }))
  lifecycle.onClose('figures of plugins', figures)
  lifecycle.onClose('sandbox', () => sandbox.close())
  const secrets = createSecretSearch(secretTasks)
  lifecycle.onClose('secret search', () => secrets.close())
  const userFolder = join(dirname(folders.configFile), 'plugins')
  const plugins = createPlugins({
    sandbox,
    bus: hooks,
    records: journal.plugins,
    port: portOf(ground, secrets),
    places: () => placesOf(userFolder, repositories),
    userFolder,
    schedules: () => Object.keys(ground.config.config.schedules),
    version: version(),
    now,
    watch: (paths, onChange) => watchFolders(paths, onChange, (error) => trouble('watching', error)),
    onTrouble: trouble,
  })
  lifecycle.onClose('plugins', () => plugins.close())
  const look = () => void plugins.reload().catch((error: unknown) => trouble('looking', error))
  const unsubscribe = events.subscribe(({ type }) => {
    if (type === 'repository.registered' || type === 'repository.forgotten') look()
  })
  lifecycle.onClose('plugins of repositories', unsubscribe)
  look()
  return answersAboutPlugins(plugins, repositories)
}

function placesOf(userFolder: string, repositories: Repositories): PluginPlace[] {
  return [
    { origin: 'bundled', repository: '', path: bundled },
    { origin: 'user', repository: '', path: userFolder },
    ...repositories.list().map(({ registration: { id, path } }) => ({
      origin: 'repository' as const,
      repository: id,
      within: join(path, '.aios'),
      path: join(path, '.aios', 'plugins'),
    })),
  ]
}

function portOf({ folders, repositories, questions }: PluginsGround, secrets: SecretSearch): PluginPort {
  const open = async (id: string) => (await repositories.find(id)).open()
  /** A gate names what is staged: the index that git commits may be another than the one that lies there. */
  const relatedTo: Questions['related'] = async (input, signal) => {
    if (input.staged !== true || input.paths.length === 0) return questions().related(input, signal)
    const { remembered, blobs } = await open(input.repository)
    const { present } = blobs
    return related(input, { memory: remembered.memory, stagedPaths: async () => [], present }, signal)
  }
  const queryOf = queriesOf(() => ({ ...questions(), related: relatedTo }))
  return {
    closedFolders: [folders.state, folders.runtime, dirname(folders.configFile)],
    mayReach: isPublicAddress,
    async resolve(host, signal) {
      const found = await lookup(host, { all: true }).catch((cause: unknown) => {
        throw new AiosError('plugin.failed', `${host} has no address.`, { cause })
      })
      signal.throwIfAborted()
      return found.map(({ address }) => address)
    },
    async repositoryOf(name) {
      const known = repositories.list().find(({ registration }) => registration.id === name)
      const held = known ?? (await repositories.find(name).catch(() => undefined))
      return held?.registration.id
    },
    async worktreeOf(id, root) {
      const { repository } = await open(id)
      if (repository.isBare) return undefined
      if (root === undefined || root === repository.root) return repository.root
      const place = await repositories.findPlace(root).catch(() => undefined)
      return place?.held.registration.id === id ? (place.worktree?.root ?? repository.root) : undefined
    },
    readBlob: async (id, oid, maxBytes, signal) =>
      (await open(id)).repository.readBlob(oid, { maxBytes }, signal),
    readBlobs: async (id, oids, maxBytes, signal) => (await open(id)).blobs.read(oids, maxBytes, signal),
    lostBlobs: async (id, oids, maxBytes, signal) => (await open(id)).blobs.lost(oids, maxBytes, signal),
    changesOf: async (id, pairs) => (await open(id)).staged.changesOf(pairs),
    async undone(id, files, signal) {
      const { remembered, blobs, staged } = await open(id)
      return undone(files, remembered.memory, { readBlobs: blobs.read, changesOf: staged.changesOf }, signal)
    },
    query: (id, name, input, signal) => queryOf(name)({ ...input, repository: id }, signal),
    findSecrets: (text, fileName, signal) => secrets.find({ text, fileName }, signal),
    async *history(id, hook, count, signal) {
      yield* pastEvents({ id, repository: (await open(id)).repository }, hook, count, signal)
    },
  }
}

type Query = (input: unknown, signal: AbortSignal) => Promise<unknown>

/** Makes each query once, for its schema takes a while to be made fast. */
function queriesOf(questions: () => Questions): (name: string) => Query {
  const queries = new Map<string, Query>(
    Object.entries({
      recall: asking(questionRoutes.recall, (input, signal) => questions().recall(input, signal)),
      why: asking(questionRoutes.why, (input, signal) => questions().why(input, signal)),
      related: asking(questionRoutes.related, (input, signal) => questions().related(input, signal)),
      context: asking(questionRoutes.context, (input, signal) => questions().context(input, signal)),
      show: asking(questionRoutes.show, (input, signal) => questions().show(input, signal)),
      timeline: asking(questionRoutes.timeline, (input, signal) => questions().timeline(input, signal)),
    }),
  )
  return (name) => {
    const query = queries.get(name)
    if (query === undefined) throw new AiosError('plugin.refused', `Memory is not asked ${name}.`)
    return query
  }
}

function asking<R extends Route>(
  route: R,
  answer: (input: InputOf<R>, signal: AbortSignal) => Promise<unknown>,
): Query {
  const check = createCheck<R['input']>(route.input)
  return async (input, signal) => {
    if (check.accepts(input)) return answer(input, signal)
    const [complaint] = check.complaints(input)
    throw new AiosError('plugin.refused', `Wrong input: ${complaint?.at ?? ''} ${complaint?.message ?? ''}.`)
  }
}
