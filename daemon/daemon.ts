import { join } from 'node:path'
import { pino, type Logger } from 'pino'
import type { Config } from '../contract/config.ts'
import type { EventType } from '../contract/events.ts'
import type { Answers } from '../contract/route.ts'
import type { routes } from '../contract/routes.ts'
import { AiosError } from '../contract/errors.ts'
import { protocol, type Service } from '../contract/service.ts'
import type { StateFolders } from '../contract/state.ts'
import { webSocketPath } from '../contract/web-socket.ts'
import { createAnswers } from './answers.ts'
import { createConfigDoor } from './answers-config.ts'
import { guardAnswers } from './answers-hooks.ts'
import { answersAboutNotes } from './answers-notes.ts'
import { answersToAgents } from './answers-tools.ts'
import type { Events } from './bus/events.ts'
import type { HookBus } from './bus/hooks.ts'
import { capabilitiesOf } from './capabilities.ts'
import { collectGarbage } from './collect.ts'
import { loadConfig } from './config.ts'
import { examine } from './doctor.ts'
import { createGit } from './git/git.ts'
import { apiMounts } from './http/api-mounts.ts'
import { makeFolder } from './http/make-folder.ts'
import { holdConfig, type HeldConfig } from './held-config.ts'
import type { HookDoor } from './hook-door.ts'
import type { IdleExit } from './idle.ts'
import { createLifecycle, type Lifecycle } from './lifecycle.ts'
import { takeLock } from './lock.ts'
import { logStream } from './log-stream.ts'
import { loadTokenCounter } from './memory/tokens.ts'
import { openEvaluation } from './open-evaluation.ts'
import { type Access, openAccess } from './open-access.ts'
import { openDoors } from './open-doors.ts'
import { openEvents } from './open-events.ts'
import { openGitHooks } from './open-git-hooks.ts'
import { openHooks } from './open-hooks.ts'
import { openIdleExit } from './open-idle.ts'
import { mcpMount } from './open-mcp.ts'
import { createWorkers, type Workers } from '../native-workers/supervisor.ts'
import { createLearnedDoor, type EmbedderDoor } from './open-embedder.ts'
import { openPlugins } from './open-plugins.ts'
import { openWebSockets } from './open-web-sockets.ts'
import { createRepositories, type Repositories } from './repositories.ts'
import { describeService } from './service.ts'
import { statusOf } from './status.ts'
import { openJournal, type Journal } from './store/journal.ts'
import { refusalOf, storeError } from './store/lance-errors.ts'

/** What a daemon is made with. */
export interface DaemonOptions {
  readonly folders: StateFolders
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The program that the workers' process runs. */
  readonly workersEntry: URL
  /** The program that the trainer's process runs. */
  readonly trainerEntry: URL
  /** The program that the evaluator's process runs. */
  readonly evaluatorEntry: URL
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Told when the daemon should end, and why. */
  readonly onStop: (reason: string) => void
}

/** A daemon that listens. */
export interface Daemon {
  readonly service: Service
  /** Finishes what is running and lets go of everything. */
  close(reason: string): Promise<void>
}

type EmbedderFactory = (ground: Ground, workers: Workers) => EmbedderDoor

const embedders = {
  learned: ({ settings, trainerEntry }, workers) =>
    createLearnedDoor({ workers, trainerEntry, settings: settings.embedder }),
} satisfies Record<Config['embedder']['kind'], EmbedderFactory>

/** What leaves a heap full of garbage behind. */
const afterBulk: ReadonlySet<string> = new Set<EventType>([
  'daemon.started',
  'ingestion.searchable',
  'store.compacted',
])
/** Long enough for who waits for the same to be answered first. */
const settleMs = 5_000

/** Starts a daemon. What was opened is closed again when that fails. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { folders, environment } = options
  const { config } = await loadConfig({ userFile: folders.configFile, environment })
  const logger = pino({ level: config.daemon.logLevel }, logStream)
  const lifecycle = createLifecycle((part, error) => logger.error({ part, err: error }, 'did not close'))
  try {
    return await build({ ...options, settings: config, logger, lifecycle })
  } catch (error) {
    await lifecycle.close()
    throw refusalOf(error) === undefined ? error : storeError(error, folders.state)
  }
}

/** What every part may need. */
interface Ground extends DaemonOptions {
  readonly settings: Config
  readonly logger: Logger
  readonly lifecycle: Lifecycle
}

/** Builds every part from the parts before it, and listens. */
async function build(ground: Ground): Promise<Daemon> {
  const { folders, settings, lifecycle, logger, now } = ground
  makeStateFolder(folders.state)
  // Held until the process ends: what did not close in time must meet no other daemon.
  process.once('exit', takeLock(join(folders.state, 'daemon.lock')))
  const journal = openJournal(join(folders.state, 'journal.sqlite'), (detail) =>
    logger.warn({ detail }, 'the journal was mended'),
  )
  lifecycle.onClose('journal', () => journal.close())
  const events = openEvents(journal, logger, now)
  events.subscribe(({ type }) => {
    if (afterBulk.has(type)) setTimeout(collectGarbage, settleMs).unref()
  })
  const workers = openWorkers(ground, events)
  const config = await holdOwnConfig(ground)
  const hooks = openHooks({ settings: () => config.config.hooks, publish: events.publish, now })
  const repositories = openRepositories(ground, { journal, events, workers, hooks })
  const service = describeService(folders.socket, now)
  const gitHooks = openGitHooks({ ...ground, hooks, repositories, settings: () => config.config.hooks })
  const access = await openAccess({ folders, settings: settings.daemon.http, url: () => service.url, now })
  const idle = openIdleExit(ground, repositories)
  const built = { service, journal, events, workers, hooks, gitHooks, config, repositories, access, idle }
  const answers = answersOf(ground, built)
  const webSockets = openWebSockets({ ...ground, ...built, answers })
  await openDoors({
    ...ground,
    ...built,
    answers,
    mounts: [...apiMounts(service.version), mcpMount({ ...ground, answers })],
    upgrades: { [webSocketPath]: webSockets.accept },
  })
  // Opened before the doors and closed before them: they cut what is still connected.
  lifecycle.onClose('web sockets', webSockets.close)
  gitHooks.open()
  events.publish({ type: 'daemon.started', data: { version: service.version, pid: service.pid } })
  logger.info({ pid: service.pid, socket: service.socket, url: service.url }, 'started')
  repositories.start()
  return {
    service,
    close(reason) {
      events.publish({ type: 'daemon.stopping', data: { reason } })
      return lifecycle.close()
    },
  }
}

function openWorkers({ settings, workersEntry, lifecycle }: Ground, events: Events): Workers {
  const { workerThreads } = settings.daemon
  const workers = createWorkers({
    entry: workersEntry,
    ...(workerThreads === 0 ? {} : { threads: workerThreads }),
    onRestarted: (reason) => events.publish({ type: 'workers.restarted', data: { reason } }),
  })
  lifecycle.onClose('workers', () => workers.close())
  return workers
}

function openRepositories(
  ground: Ground,
  { journal, events, workers, hooks }: Pick<Built, 'journal' | 'events' | 'workers' | 'hooks'>,
): Repositories {
  const { folders, environment, settings, logger, lifecycle, now } = ground
  const repositories = createRepositories({
    git: createGit(),
    journal,
    openEmbedder: embedders[settings.embedder.kind](ground, workers),
    hooks,
    userFile: folders.configFile,
    environment,
    folderOf: (id) => join(folders.state, 'repositories', id),
    publish: events.publish,
    onTrouble: (where, error) => logger.warn({ where, err: error }, 'recovering'),
    now,
  })
  lifecycle.onClose('repositories', () => repositories.close())
  return repositories
}

/** What answers are given from. */
interface Built {
  readonly service: Service
  readonly journal: Journal
  readonly events: Events
  readonly workers: Workers
  readonly hooks: HookBus
  readonly gitHooks: HookDoor
  /** The user's own settings. */
  readonly config: HeldConfig
  readonly repositories: Repositories
  readonly access: Access
  readonly idle: IdleExit
}

function holdOwnConfig({ folders, environment, logger }: Ground): Promise<HeldConfig> {
  const problem = (error: unknown) => logger.warn({ err: error }, 'settings are not in force')
  return holdConfig({ userFile: folders.configFile, environment }, problem)
}

function answersOf(ground: Ground, built: Built): Answers<typeof routes> {
  const { folders, environment, onStop } = ground
  const { service, journal, events, workers, hooks, gitHooks, config, repositories, access, idle } = built
  const answers: Answers<typeof routes> = createAnswers({
    repositories,
    plugins: openPlugins({ ...ground, ...built, questions: () => answers }),
    notes: answersAboutNotes({ ...ground, notes: journal.notes, repositories, publish: events.publish }),
    tools: answersToAgents(() => guarded),
    config: createConfigDoor(folders.configFile, environment, repositories, createGit(), config.refresh),
    events: { since: journal.since, subscribe: events.subscribe },
    health: () => ({ id: service.id, pid: service.pid, version: service.version, protocol, ready: true }),
    status: () => statusOf({ service, folders, workers, repositories, config }),
    capabilities: async () => capabilitiesOf(service, hooks.listeners()),
    hooks: gitHooks.answers,
    evaluate: openEvaluation({ ...ground, repositories }),
    access: access.answers,
    doctor: ({ fix = false }) =>
      examine({ folders, repositories, git: createGit(), hookProblems: gitHooks.problems }, fix),
    stop: async ({ reason = 'asked to' }) => {
      onStop(reason)
      return { pid: service.pid }
    },
  })
  const repositoryOf = (name: string) =>
    repositories.find(name).then(
      ({ registration }) => registration.id,
      () => undefined,
    )
  const guarded = guardAnswers(answers, { hooks, repositoryOf, countTokens: loadTokenCounter })
  return idle.watching(guarded)
}

/** Makes the state folder. Whatever keeps it from being made, Node calls by many names. */
function makeStateFolder(path: string): void {
  try {
    makeFolder(path)
  } catch (cause) {
    throw new AiosError('state.unwritable', `The state folder ${path} cannot be made.`, { cause })
  }
}
