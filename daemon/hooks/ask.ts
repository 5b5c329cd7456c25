import type { HookAnswer, HookQuestion, QuestionHook } from '../../contract/hook-routes.ts'
import { findGitFolders, readQuestion, type GitFolders } from './question.ts'
import type { StagedReader } from './staged-memo.ts'
import { verdictText, type Verdict } from './verdict.ts'

/** Asks everybody who listens to a hook, except those who are to be skipped. */
export type AskListeners = (
  hook: QuestionHook,
  data: unknown,
  options: { readonly skip: readonly string[] },
  signal: AbortSignal,
) => Promise<Verdict>

/** What a question is answered from. */
export interface AskParts {
  /** Undefined where there is no git to read an index with. */
  readonly readStaged: StagedReader | undefined
  /** Returns the id of the registered repository with these git folders. */
  readonly repositoryOf: (folders: GitFolders) => string | undefined
  readonly ask: AskListeners
  /** What a question ends with that took too long. */
  readonly unanswered: 'allow' | 'deny'
  /** Shorter than what the shim waits, so that it is told what happened. */
  readonly deadlineMs: number
}

/** Answers what a hook of git asks. A repository that is not registered is none of our business. */
export async function answerHook(
  question: HookQuestion,
  parts: AskParts,
  signal: AbortSignal,
): Promise<HookAnswer> {
  const { hook } = question
  const folders = await findGitFolders(question.directory, question.gitDir)
  const repository = folders === undefined ? undefined : parts.repositoryOf(folders)
  if (folders === undefined || repository === undefined || parts.readStaged === undefined)
    return allowed(hook)
  const deadline = AbortSignal.timeout(parts.deadlineMs)
  const either = AbortSignal.any([signal, deadline])
  try {
    const data = { repository, ...(await readQuestion(question, folders, parts.readStaged, either)) }
    const asked = parts.ask(hook, data, { skip: namesIn(question.skip) }, either)
    return verdictText(hook, await Promise.race([asked, rejected(either)]))
  } catch (error) {
    if (!deadline.aborted || signal.aborted) throw error
    const result = { listener: 'aios', status: 'timeout', message: `${parts.deadlineMs / 1000} s are over` }
    return verdictText(hook, { decision: parts.unanswered, findings: [], results: [result] })
  }
}

function allowed(hook: QuestionHook): HookAnswer {
  return verdictText(hook, { decision: 'allow', findings: [], results: [] })
}

function namesIn(skip = ''): string[] {
  return skip.split(/[\s,]+/).filter((name) => name !== '')
}

/** Rejects when the signal is aborted, whatever those who were asked make of it. */
function rejected(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const reason = () => reject(signal.reason instanceof Error ? signal.reason : new Error('Aborted.'))
    if (signal.aborted) reason()
    else signal.addEventListener('abort', reason, { once: true })
  })
}
