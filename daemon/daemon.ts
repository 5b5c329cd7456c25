import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../contract/config.ts'
import type { Answers } from '../contract/route.ts'
import type { routes } from '../contract/routes.ts'
import { protocol, type Service } from '../contract/service.ts'
import type { StateFolders } from '../contract/state.ts'
import { createAnswers } from './answers.ts'
import { auditAnswers, decisionsIn } from './answers-audit.ts'
import { createConfigDoor } from './answers-config.ts'
import { guardAnswers } from './answers-hooks.ts'
import { answerInRoom } from './answers-room.ts'
import { answersAboutTasks } from './answers-tasks.ts'
import { answersAboutNotes } from './answers-notes.ts'
import { answersToAgents } from './answers-tools.ts'
import { answersForOperators } from './answers-operate.ts'
import type { Audit } from './audit/audit.ts'
import type { Events } from './bus/events.ts'
import { createBulkhead } from './bulkhead.ts'
import type { HookBus } from './bus/hooks.ts'
import { capabilitiesOf } from './capabilities.ts'
import { loadConfig } from './config.ts'
import { collectAfter } from './collect.ts'
import { examine } from './doctor.ts'
import { readFigures } from './figures.ts'
import { createGit } from './git/git.ts'
import { createOnce } from './http/idempotency.ts'
import { holdConfig, type HeldConfig } from './held-config.ts'
import type { HookDoor } from './hook-door.ts'
import type { IdleExit } from './idle.ts'
import { createLifecycle, type Lifecycle } from './lifecycle.ts'
import { loadTokenCounter } from './memory/tokens.ts'
import { type Access, openAccess } from './open-access.ts'
import { openStateAudit } from './open-audit.ts'
import { openEvaluation } from './open-evaluation.ts'
import { openEvents } from './open-events.ts'
import { openGitHooks } from './open-git-hooks.ts'
import { openHooks } from './open-hooks.ts'
import { openIdleExit } from './open-idle.ts'
import { openListeners } from './open-listeners.ts'
import { openLog } from './open-log.ts'
import { openObservation, type Observation } from './open-observation.ts'
import type { Workers } from '../native-workers/supervisor.ts'
import { createLearnedDoor, type EmbedderDoor } from './open-embedder.ts'
import { openPlugins } from './open-plugins.ts'
import { openSchedules } from './open-schedules.ts'
import { openState } from './open-state.ts'
import { openTasks } from './open-tasks.ts'
import { openWorkers } from './open-workers.ts'
import { createRepositories, type Repositories } from './repositories.ts'
import { describeService } from './service.ts'
import { createStatus } from './status.ts'
import { openJournal, type Journal } from './store/journal.ts'
import { refusalOf, storeError } from './store/lance-errors.ts'
import { createTraces, type Traces } from './telemetry/trace.ts'
import { recordDrops, watchHooks } from './watch-hooks.ts'

/** What a daemon is made with. */
export interface DaemonOptions {
  readonly folders: StateFolders
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The program that the workers' process runs. */
  readonly workersEntry: URL
  /** The program that the trainer's process runs. */
  readonly trainerEntry: URL
  /** The program that the copier's process runs. */
  readonly copierEntry: URL
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
  learned: ({ settings, trainerEntry, copierEntry }, workers) =>
    createLearnedDoor({ workers, trainerEntry, copierEntry, settings: settings.embedder }),
} satisfies Record<Config['embedder']['kind'], EmbedderFactory>

/** Starts a daemon. What was opened is closed again when that fails. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { folders, environment } = options
  const { config } = await loadConfig({ userFile: folders.configFile, environment })
  const traces = createTraces()
  const logger = openLog(config.daemon.logLevel, traces)
  const lifecycle = createLifecycle((part, error) => logger.error({ part, err: error }, 'did not close'))
  try {
    return await build({ ...options, settings: config, logger, lifecycle, traces })
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
  readonly traces: Traces
}

/** Builds every part from the parts before it, and listens. */
async function build(ground: Ground): Promise<Daemon> {
  const { folders, settings, lifecycle, logger, now, traces } = ground
  openState(folders)
  const journal = openJournal(join(folders.state, 'journal.sqlite'), (detail) =>
    logger.warn({ detail }, 'the journal was mended'),
  )
  lifecycle.onClose('journal', () => journal.close())
  const observation = await openObservation(ground)
  const audit = openStateAudit({ ...ground, ...observation })
  const events = openEvents(journal, logger, now, traces)
  events.subscribe(({ type }) => collectAfter(type))
  const workers = openWorkers(ground, events, observation)
  const config = await holdOwnConfig(ground)
  const recordDrop = recordDrops(audit)
  const hooks = openHooks({
    settings: () => config.config.hooks,
    publish(fact) {
      recordDrop(fact)
      events.publish(fact)
    },
    onRun: watchHooks({ ...observation, audit, now }),
    now,
  })
  const repositories = openRepositories(ground, { journal, events, workers, hooks })
  lifecycle.onClose('figures', readFigures(observation.metrics, { workers, repositories, now }))
  const service = describeService(folders.socket, now)
  const gitHooks = openGitHooks({ ...ground, hooks, repositories, config })
  const onDecision = decisionsIn(audit)
  const access = await openAccess({
    folders,
    settings: settings.daemon.http,
    url: () => service.url,
    now,
    onDecision,
  })
  const tasks = openTasks({ ...ground, journal, events, repositories, answers: () => answers })
  const idle = openIdleExit(ground, repositories, tasks)
  const known = { service, journal, events, workers, hooks, gitHooks, config, repositories, access, idle }
  const built = { ...known, ...observation, audit, tasks }
  const answers: Answers<typeof routes> = answersOf(ground, built)
  const once = createOnce(journal.keptAnswers, now, (error) => logger.error({ err: error }, 'not kept'))
  await openListeners({ ...ground, ...built, answers, work: tasks, once, onDecision })
  gitHooks.open()
  events.publish({ type: 'daemon.started', data: { version: service.version, pid: service.pid } })
  logger.info({ pid: service.pid, socket: service.socket, url: service.url }, 'started')
  repositories.start()
  tasks.start()
  return {
    service,
    close(reason) {
      events.publish({ type: 'daemon.stopping', data: { reason } })
      return lifecycle.close()
    },
  }
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
    publishAll: events.publishAll,
    onTrouble: (where, error) => logger.warn({ where, err: error }, 'recovering'),
    now,
  })
  lifecycle.onClose('repositories', () => repositories.close())
  return repositories
}

/** What answers are given from. */
interface Built extends Observation {
  readonly service: Service
  readonly journal: Journal
  readonly events: Events
  readonly workers: Workers
  readonly hooks: HookBus
  readonly gitHooks: HookDoor
  /** The user's own settings. */
  readonly config: HeldConfig
  readonly repositories: Repositories
  readonly audit: Audit
  readonly access: Access
  readonly tasks: ReturnType<typeof openTasks>
  readonly idle: IdleExit
}

function holdOwnConfig({ folders, environment, logger }: Ground): Promise<HeldConfig> {
  const problem = (error: unknown) => logger.warn({ err: error }, 'settings are not in force')
  return holdConfig({ userFile: folders.configFile, environment }, problem)
}

function answersOf(ground: Ground, built: Built): Answers<typeof routes> {
  const { folders, environment, onStop } = ground
  const { service, journal, events, workers, hooks, gitHooks, config, repositories, access, idle } = built
  const plugins = async () => answers.plugins({}, new AbortController().signal)
  const answers: Answers<typeof routes> = createAnswers({
    repositories,
    plugins: openPlugins({ ...ground, ...built, questions: () => answers }),
    schedules: openSchedules({ ...ground, ...built, plugins }),
    notes: answersAboutNotes({ ...ground, notes: journal.notes, repositories, publish: events.publish }),
    tools: answersToAgents(() => guarded),
    config: createConfigDoor(folders.configFile, environment, repositories, createGit(), config.refresh),
    events: { since: journal.since, subscribe: events.subscribe },
    operate: answersForOperators({ ...ground, ...built, answers: () => answers }),
    identity: () => ({ id: service.id, pid: service.pid, version: service.version, protocol, ready: true }),
    status: createStatus({ service, folders, workers, repositories, config }),
    tasks: answersAboutTasks(built.tasks),
    capabilities: async () => capabilitiesOf(service, hooks.listeners()),
    hooks: gitHooks.answers,
    access: access.answers,
    evaluate: openEvaluation({ ...ground, repositories }),
    doctor: ({ fix = false }) =>
      examine({ folders, repositories, git: createGit(), hookProblems: gitHooks.problems, plugins }, fix),
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
  const audited = auditAnswers(guarded, built.audit, () => built.traces.current()?.actor ?? 'aios')
  return idle.watching(answerInRoom(audited, createBulkhead()))
}
