import { isAbsolute, resolve } from 'node:path'
import { createCheck } from '../../contract/check.ts'
import { AiosError } from '../../contract/errors.ts'
import type { noteRoutes } from '../../contract/note-routes.ts'
import type { questionRoutes } from '../../contract/question-routes.ts'
import type { repositoryRoutes } from '../../contract/repository-routes.ts'
import type { Answers } from '../../contract/route.ts'
import {
  defaultAnswerTokens,
  tools,
  type ToolAnswer,
  type ToolDescription,
  type ToolInput,
  type ToolName,
} from '../../contract/tools.ts'
import { fit, type Count, type Rendered } from './budget.ts'
import { contextText } from './context-text.ts'
import { episodeText } from './episode-text.ts'
import type { Room } from './plain-lines.ts'
import { recallText } from './recall-text.ts'
import { refusal } from './refusal.ts'
import { relatedText } from './related-text.ts'
import { whyText } from './why-text.ts'

/** The answers that tools are made of: those of every other door, behind the same hooks. */
export type ToolSources = Answers<
  Pick<typeof questionRoutes, 'recall' | 'why' | 'related' | 'context' | 'show'> &
    Pick<typeof noteRoutes, 'notes' | 'addNote' | 'giveFeedback'> &
    Pick<typeof repositoryRoutes, 'repository' | 'repositories'>
>

/** What tools answer from. */
export interface ToolParts {
  readonly answers: () => ToolSources
  readonly countTokens: () => Promise<Count>
}

/** What a tool is called with: arguments that nobody has looked at yet, and where the caller stands. */
export interface ToolCall {
  readonly arguments: unknown
  /** The repository that is meant when none is named; over HTTP nobody stands anywhere. */
  readonly directory: string | undefined
}

/** Answers the calls of coding agents. */
export interface Tools {
  /** Returns the answer, or as an answer what was wrong and what to do; only a bug is thrown. */
  call(name: ToolName, call: ToolCall, signal: AbortSignal): Promise<ToolAnswer>
  /** Returns a whole commit as Markdown, of whichever repository has it when none is named. */
  episode(oid: string, repository: string | undefined, signal: AbortSignal): Promise<string>
}

/** Creates the tools. */
export function createTools(parts: ToolParts): Tools {
  const runners = runnersOf(parts)
  return {
    async call(name, call, signal) {
      try {
        return { ...(await runners[name](call, signal)), isError: false }
      } catch (error) {
        if (!(error instanceof AiosError) || signal.aborted) throw error
        return refusal(error)
      }
    },
    episode: (oid, repository, signal) => episode(oid, repository, parts.answers(), signal),
  }
}

type Runner = (call: ToolCall, signal: AbortSignal) => Promise<Rendered>

function runnersOf(parts: ToolParts): Record<ToolName, Runner> {
  return { ...readersOf(parts), ...writersOf(parts) }
}

function readersOf({
  answers,
  countTokens,
}: ToolParts): Record<'recall' | 'why' | 'related' | 'context', Runner> {
  const place = (named: string | undefined, directory: string | undefined) =>
    repositoryFor(named, directory, answers())
  const fitted = async (render: (room: Room) => Rendered, tokens: number | undefined) =>
    fit(render, tokens, await countTokens())
  const notesOn = async (about: string | undefined, repository: string, signal: AbortSignal) => {
    if (about === undefined) return []
    const question = about.slice(0, 1024)
    return (await answers().notes({ repository, question, limit: 5 }, signal)).items
  }

  return {
    recall: answering(tools.recall.input, async (input, directory, signal) => {
      const { question, repository: named, limit = 5, tokens, ...filters } = input
      const repository = await place(named, directory)
      const [found, notes] = await Promise.all([
        answers().recall({ question, repository, limit, filters }, signal),
        notesOn(question, repository, signal),
      ])
      return fitted((room) => recallText(found, notes, room), tokens)
    }),
    why: answering(tools.why.input, async (input, directory, signal) => {
      const { file: path, repository: named, tokens, ...lines } = input
      const found = await answers().why({ path, repository: await place(named, directory), ...lines }, signal)
      return fitted((room) => whyText(found, room), tokens)
    }),
    related: answering(tools.related.input, async (input, directory, signal) => {
      const { paths = [], repository: named, staged, tokens } = input
      if (paths.length === 0 && staged !== true) {
        throw new AiosError('request.invalid', 'Name `paths`, or ask with `staged`.')
      }
      const asked = { paths, limit: 10, ...(staged === undefined ? {} : { staged }) }
      const found = await answers().related({ ...asked, repository: await place(named, directory) }, signal)
      return fitted((room) => relatedText(found, room), tokens)
    }),
    context: answering(tools.context.input, async (input, directory, signal) => {
      const { repository: named, tokens, ...asked } = input
      const repository = await place(named, directory)
      const [found, notes] = await Promise.all([
        answers().context({ ...asked, repository, budget: packBudget(tokens) }, signal),
        notesOn(asked.task, repository, signal),
      ])
      return fitted((room) => contextText(found, notes, room), tokens)
    }),
  }
}

function writersOf({ answers }: ToolParts): Record<'remember' | 'feedback', Runner> {
  const place = (named: string | undefined, directory: string | undefined) =>
    repositoryFor(named, directory, answers())

  return {
    remember: answering(tools.remember.input, async (input, directory, signal) => {
      const { repository: named, ...note } = input
      const repository = await place(named, directory)
      const { id } = await answers().addNote({ ...note, repository, by: 'agent' }, signal)
      return { text: `Kept as note ${id}. \`recall\` finds it from now on.`, data: { note: id } }
    }),
    feedback: answering(tools.feedback.input, async (input, directory, signal) => {
      const { repository: named, ...said } = input
      await answers().giveFeedback({ ...said, repository: await place(named, directory) }, signal)
      return { text: 'Kept. Thank you.', data: { kept: true } }
    }),
  }
}

/** Makes a runner out of one that knows the types of its arguments. */
function answering<S extends ToolDescription['input']>(
  schema: S,
  run: (input: ToolInput<S>, directory: string | undefined, signal: AbortSignal) => Promise<Rendered>,
): Runner {
  const check = createCheck(schema)
  return async ({ arguments: given, directory }, signal) => {
    const input: unknown = given ?? {}
    if (check.accepts(input)) return run(input, directory, signal)
    const complaints = check.complaints(input).map(({ at, message }) => `\`${at}\` ${message}.`)
    throw new AiosError('request.invalid', [...new Set(complaints)].slice(0, 5).join(' '))
  }
}

/** A pack is shown with bars, numbers and citations, or as JSON; and by default it stands there twice. */
function packBudget(tokens: number | undefined): number {
  const share = tokens === undefined ? defaultAnswerTokens * 0.35 : tokens * 0.75
  return Math.max(100, Math.floor(share))
}

/** Returns the repository that is meant: the one named, the one around the directory, or the only one there is. */
async function repositoryFor(
  named: string | undefined,
  directory: string | undefined,
  answers: ToolSources,
): Promise<string> {
  const { signal } = new AbortController()
  if (named !== undefined) {
    const isPath = named.startsWith('.') || (named.includes('/') && !isAbsolute(named))
    return isPath && directory !== undefined ? resolve(directory, named) : named
  }
  if (directory !== undefined && (await isRepository(directory, answers, signal))) return directory
  const { items } = await answers.repositories({}, signal)
  const [only] = items
  if (items.length === 1 && only !== undefined) return only.id
  const known = items.map(({ path }) => path).join(', ')
  const which = items.length === 0 ? 'None is registered yet.' : `Registered are ${known}.`
  throw new AiosError('repository.not-found', `Name a \`repository\`. ${which}`)
}

/** Says whether the directory lies in a repository; one that is not registered is refused, not passed over. */
async function isRepository(directory: string, answers: ToolSources, signal: AbortSignal): Promise<boolean> {
  try {
    await answers.repository({ repository: directory }, signal)
    return true
  } catch (error) {
    if (error instanceof AiosError && error.code === 'repository.not-found') return false
    throw error
  }
}

async function episode(
  oid: string,
  repository: string | undefined,
  answers: ToolSources,
  signal: AbortSignal,
): Promise<string> {
  if (repository !== undefined) return episodeText(await answers.show({ oid, repository }, signal))
  const { items } = await answers.repositories({}, signal)
  for (const { id } of items) {
    try {
      return episodeText(await answers.show({ oid, repository: id }, signal))
    } catch (error) {
      if (!(error instanceof AiosError) || signal.aborted) throw error
    }
  }
  throw new AiosError('episode.unknown', `${oid} is remembered of no repository.`)
}
