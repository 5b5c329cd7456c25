import type { RecallAnswer } from '../contract/answers.ts'
import type { authRoutes } from '../contract/auth-routes.ts'
import type { EventEnvelope } from '../contract/events.ts'
import { AiosError } from '../contract/errors.ts'
import type { noteRoutes } from '../contract/note-routes.ts'
import type { operateRoutes } from '../contract/operate-routes.ts'
import type { pluginRoutes } from '../contract/plugin-routes.ts'
import type { taskRoutes } from '../contract/task-routes.ts'
import type { Answers, InputOf } from '../contract/route.ts'
import type { routes } from '../contract/routes.ts'
import type { toolRoutes } from '../contract/tool-routes.ts'
import type { ConfigDoor } from './answers-config.ts'
import { follow, followEvents, pastEvents } from './answers-streams.ts'
import { context } from './memory/context.ts'
import type { HeldRepository } from './held-repository.ts'
import type { HookDoor } from './hook-door.ts'
import type { Memory } from './memory/memory.ts'
import { recall } from './memory/recall.ts'
import type { RecallMemo } from './memory/recall-memo.ts'
import { related } from './memory/related.ts'
import { show } from './memory/show.ts'
import { suggest } from './memory/suggestions.ts'
import { timeline } from './memory/timeline.ts'
import { loadTokenCounter } from './memory/tokens.ts'
import { why } from './memory/why.ts'
import { pageOf } from './pages/page.ts'
import type { Repositories } from './repositories.ts'
import { gitQuestions, type GitQuestions } from './git-questions.ts'

type Routes = typeof routes

/** What the answers are given from. */
export interface AnswerParts {
  readonly repositories: Repositories
  readonly config: ConfigDoor
  readonly events: {
    since(seq: number, limit: number): EventEnvelope[]
    subscribe(listener: (event: EventEnvelope) => void): () => void
  }
  readonly identity: () => Awaited<ReturnType<Answers<Routes>['identity']>>
  readonly status: Answers<Routes>['status']
  readonly capabilities: Answers<Routes>['capabilities']
  readonly doctor: Answers<Routes>['doctor']
  readonly stop: Answers<Routes>['stop']
  readonly hooks: HookDoor['answers']
  readonly evaluate: Answers<Routes>['evaluate']
  readonly plugins: Answers<typeof pluginRoutes>
  readonly tasks: Answers<typeof taskRoutes>
  readonly notes: Answers<typeof noteRoutes>
  readonly tools: Answers<typeof toolRoutes>
  readonly operate: Answers<typeof operateRoutes>
  readonly access: Answers<typeof authRoutes>
}

/** Returns what answers each route: a line or two each, because the work is done below. */
export function createAnswers(parts: AnswerParts): Answers<Routes> {
  const { repositories, config, events } = parts
  const ask = <T>(name: string, act: (asked: Asked) => Promise<T>) => askIn(name, repositories, act)

  return {
    health: async () => ({ alive: true }),
    identity: async () => parts.identity(),
    status: parts.status,
    capabilities: parts.capabilities,
    doctor: parts.doctor,
    stop: parts.stop,
    config: ({ repository }) => config.show(repository),
    setConfig: (input) => config.set(input),
    events: ({ since = 0, follow: goOn = false }, signal) => followEvents(since, goOn, events, signal),
    pastEvents: async (input) => pastEvents(input, events),

    ...answersAbout(repositories),
    ...parts.hooks,
    evaluate: parts.evaluate,
    ...parts.plugins,
    ...parts.tasks,
    ...parts.notes,
    ...parts.tools,
    ...parts.operate,
    ...parts.access,
    followProgress: ({ repository }, signal) =>
      follow(async () => (await (await repositories.find(repository)).open()).remembered, signal),
    suggestions: ({ repository }, signal) =>
      ask(repository, ({ memory, questions: { currentPaths, blameFile } }) =>
        suggest({ memory, currentPaths, blame: blameFile }, signal),
      ),

    recall: (input, signal) => recallFrom(input, parts, signal),
    why: ({ repository, path, line, endLine }, signal) =>
      ask(repository, async ({ memory, questions }) =>
        why({ path: await questions.pathInside(path), line, endLine }, memory, questions, signal),
      ),
    related: (input, signal) =>
      ask(input.repository, async ({ memory, questions }) => {
        const paths = await Promise.all(input.paths.map(questions.pathInside))
        return related({ ...input, paths }, { memory, ...questions }, signal)
      }),
    context: (input, signal) =>
      ask(input.repository, async ({ memory, questions }) => {
        const paths = await Promise.all((input.paths ?? []).map(questions.pathInside))
        return context({ ...input, paths }, { memory, countTokens: loadTokenCounter, ...questions }, signal)
      }),
    show: ({ oid, repository }, signal) => ask(repository, ({ memory }) => show(oid, memory, signal)),
    timeline: (input, signal) => ask(input.repository, ({ memory }) => timeline(input, memory, signal)),
  }
}

type AboutRepositories =
  | 'repositories'
  | 'repository'
  | 'addRepository'
  | 'forgetRepository'
  | 'reindexRepository'
  | 'catchUp'

/** Returns what answers the routes about registered repositories. */
function answersAbout(repositories: Repositories): Pick<Answers<Routes>, AboutRepositories> {
  return {
    async repositories(wish) {
      const { items, ...more } = pageOf(
        { name: 'repositories', items: repositories.list(), keyOf: placeOf },
        wish,
      )
      return { items: await Promise.all(items.map((held) => held.status())), ...more }
    },
    repository: async ({ repository }) => (await repositories.find(repository)).status(),
    async addRepository({ path }) {
      const { held, added } = await repositories.add(path)
      await held.open()
      return { repository: await held.status(), added }
    },
    async forgetRepository({ repository, purge = false }) {
      return { id: await repositories.forget(repository, purge), purged: purge }
    },
    async reindexRepository({ repository }) {
      return (await repositories.reindex(repository)).status()
    },
    async catchUp({ repository, wait = false }) {
      const held = await repositories.find(repository)
      const { remembered } = await held.open()
      if (wait) await remembered.settled()
      else remembered.notice()
      return held.status()
    },
  }
}

/** Repositories are listed in the order in which they were added. */
function placeOf({ registration: { addedAt, id } }: HeldRepository): string {
  return `${String(addedAt).padStart(16, '0')} ${id}`
}

/** What one question is answered from. */
interface Asked {
  readonly memory: Memory
  readonly recalled: RecallMemo
  readonly questions: GitQuestions
}

/** Asks a repository once it is open; from a linked worktree, `HEAD` and the index are that worktree's. */
async function askIn<T>(
  name: string,
  repositories: Repositories,
  act: (asked: Asked) => Promise<T>,
): Promise<T> {
  const { held, worktree } = await repositories.findPlace(name)
  return held.answer(async ({ remembered, repository, config }) => {
    await config.refresh()
    const { memory, recalled } = remembered
    if (worktree === undefined) return act({ memory, recalled, questions: gitQuestions(repository) })
    return act({ memory: { ...memory, repository: worktree }, recalled, questions: gitQuestions(worktree) })
  })
}

/** Asks one repository, or all of them, of which the best answers stand first. */
async function recallFrom(
  input: InputOf<Routes['recall']>,
  { repositories }: AnswerParts,
  signal: AbortSignal,
): Promise<RecallAnswer> {
  const ask = (name: string) =>
    askIn(name, repositories, ({ memory, recalled }) =>
      recalled.answer(input, memory.config, () => recall(input, memory, signal)),
    )
  if (input.all !== true) {
    const only = repositories.list().length === 1 ? repositories.list()[0]?.registration.id : undefined
    const name = input.repository ?? only
    if (name === undefined) throw new AiosError('request.invalid', 'Name a repository, or ask all of them.')
    return ask(name)
  }
  const answers = await Promise.all(
    repositories.list().map(async ({ registration: { id }, open }) => {
      const isOpen = await open().then(
        () => true,
        () => false,
      )
      return isOpen ? ask(id).catch(leaveOut) : undefined
    }),
  )
  return merged(
    input,
    answers.filter((answer) => answer !== undefined),
  )
}

/** What is forgotten or begun again while all are asked is left out, as what cannot be opened is. */
function leaveOut(error: unknown): undefined {
  if (error instanceof AiosError && ['daemon.busy', 'repository.unknown'].includes(error.code))
    return undefined
  throw error
}

function merged(input: InputOf<Routes['recall']>, answers: readonly RecallAnswer[]): RecallAnswer {
  const [first] = answers
  if (first === undefined) throw new AiosError('repository.unknown', 'No repository can be asked.')
  const hits = answers.flatMap((answer) => answer.hits).toSorted((a, b) => b.score - a.score)
  const { reason, ...rest } = first
  return {
    ...rest,
    hits: hits.slice(0, input.limit ?? 10),
    abstained: hits.length === 0 && answers.some((answer) => answer.abstained),
    tookMs: Math.max(...answers.map((answer) => answer.tookMs)),
    ...(hits.length > 0 || reason === undefined ? {} : { reason }),
  }
}
