import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { createCheck } from '../contract/check.ts'
import { daemonRoutes } from '../contract/daemon-routes.ts'
import { AiosError } from '../contract/errors.ts'
import type { Fact, Progress } from '../contract/events.ts'
import { pluginRoutes } from '../contract/plugin-routes.ts'
import { repositoryRoutes } from '../contract/repository-routes.ts'
import { isLongWork, type Answers, type InputOf, type ReplyOf, type Route } from '../contract/route.ts'
import { routes } from '../contract/routes.ts'
import { follow } from './answers-streams.ts'
import type { WorkDoor } from './http/long-work.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Repositories } from './repositories.ts'
import type { StateFolders } from '../contract/state.ts'
import type { Journal } from './store/journal.ts'
import { refusalOf, storeError } from './store/lance-errors.ts'
import { createTasks, type Tasks } from './tasks/tasks.ts'
import { childOf, type Trace, type Traces } from './telemetry/trace.ts'

/** What long work is done with. */
export interface TasksGround {
  readonly folders: Pick<StateFolders, 'state'>
  readonly journal: Pick<Journal, 'tasks'>
  readonly repositories: Repositories
  readonly events: { readonly publish: (fact: Fact) => void }
  readonly logger: Logger
  readonly lifecycle: Lifecycle
  readonly traces: Traces
  readonly now: () => number
  /** What answers the routes, with the gates before them. */
  readonly answers: () => LongAnswers
}

type LongRoute = 'addRepository' | 'reindexRepository' | 'doctor' | 'testPlugin'
type LongAnswers = Pick<Answers<typeof routes>, LongRoute>

/** Opens the tasks that the journal keeps; they begin with `start`. */
export function openTasks(ground: TasksGround): Tasks & WorkDoor {
  const { folders, journal, events, logger, lifecycle, traces, now } = ground
  const works = worksOf(ground)
  const newId = () => randomBytes(8).toString('hex')
  // Which request each task came of. One that goes on after a restart is a trace of its own.
  const asked = new Map<string, Trace>()
  const tasks = createTasks({
    records: journal.tasks,
    publish(fact) {
      events.publish(fact)
      if (fact.type === 'task.cancelled') asked.delete(fact.data.task)
    },
    perform({ id, kind, input }, tell, signal) {
      const trace = childOf(asked.get(id))
      asked.delete(id)
      return traces.within(trace, async () => workOf(works, kind)(JSON.parse(input), tell, signal))
    },
    random: Math.random,
    now,
    later(ms, act) {
      const timer = setTimeout(act, ms)
      return () => clearTimeout(timer)
    },
    newId,
    onTrouble: (error) => logger.error({ err: error }, 'a task'),
    // More at once would only share the disk and the workers; a longer queue is no queue but a heap.
    limits: { running: 2, unended: 1_000, ended: 1_000 },
  })
  lifecycle.onClose('tasks', tasks.close)
  return {
    ...tasks,
    async begin(kind, input, { id = newId(), priority }) {
      const policy = policyOf(kind, input)
      const about = await subjectOf(input, ground.repositories)
      const wish = { kind, input: JSON.stringify(input), mostTries: policy.tries, ...about }
      try {
        const trace = traces.current()
        if (trace !== undefined) asked.set(id, trace)
        return tasks.submit({ ...wish, id, priority: priority ?? policy.priority })
      } catch (error) {
        throw refusalOf(error) === undefined ? error : storeError(error, folders.state)
      }
    },
  }
}

type Work = (input: unknown, tell: (progress: Progress) => void, signal: AbortSignal) => Promise<unknown>

/** What each kind of task does. To do it twice does no harm: the second time finds less to do, or the same. */
function worksOf({ answers, repositories }: TasksGround): Readonly<Record<LongRoute, Work>> {
  /** Waits until all of a repository's history is remembered, and says how it stands then. */
  const untilRead = async (id: string, tell: (progress: Progress) => void, signal: AbortSignal) => {
    const held = await repositories.find(id)
    const reading = follow(async () => (await held.open()).remembered, signal)
    for await (const progress of reading) tell(progress)
    return held.status()
  }
  return {
    addRepository: work(repositoryRoutes.addRepository, async (input, tell, signal) => {
      const { repository, added } = await answers().addRepository(input, signal)
      return { repository: await untilRead(repository.id, tell, signal), added }
    }),
    reindexRepository: work(repositoryRoutes.reindexRepository, async (input, tell, signal) => {
      const { id } = await answers().reindexRepository(input, signal)
      return untilRead(id, tell, signal)
    }),
    doctor: work(daemonRoutes.doctor, (input, _tell, signal) => answers().doctor(input, signal)),
    testPlugin: work(pluginRoutes.testPlugin, (input, _tell, signal) => answers().testPlugin(input, signal)),
  }
}

/** What was written down by another version of aios may not be what this one asks for. */
function work<R extends Route>(
  { path, input: schema }: R,
  act: (input: InputOf<R>, tell: (progress: Progress) => void, signal: AbortSignal) => Promise<ReplyOf<R>>,
): Work {
  const check = createCheck<R['input']>(schema)
  return async (input, tell, signal) => {
    if (check.accepts(input)) return act(input, tell, signal)
    throw new AiosError('request.invalid', `${path} is not asked like this any more.`)
  }
}

function workOf(works: Readonly<Record<string, Work>>, kind: string): Work {
  const found = Object.hasOwn(works, kind) ? works[kind] : undefined
  if (found !== undefined) return found
  throw new AiosError('request.unknown-route', `This aios has no task of the kind ${kind}.`)
}

function policyOf(kind: keyof typeof routes, input: object): NonNullable<Route['task']> {
  const { task }: Route = routes[kind]
  if (task !== undefined && isLongWork({ task }, input)) return task
  throw new Error(`${kind} is no long work.`)
}

/** Returns what a task is about: those about the same wait for each other. */
async function subjectOf(
  input: object,
  repositories: Repositories,
): Promise<{ lane: string; repository: string | undefined }> {
  const name = 'repository' in input ? input.repository : 'path' in input ? input.path : undefined
  if (typeof name !== 'string') return { lane: '', repository: undefined }
  const held = await repositories.find(name).catch(() => undefined)
  return { lane: held?.registration.id ?? name, repository: held?.registration.id }
}
