import { AiosError } from '../contract/errors.ts'
import type { Problem, RepositoryState, RepositoryStatus } from '../contract/status.ts'
import type { Head } from './git/refs.ts'
import { isMissing, type Health } from './held-health.ts'
import type { OpenRepository } from './open-repository.ts'
import type { RegisteredRepository } from './store/journal.ts'

const nothing = { episodes: 0, complete: 0, pending: 0, skipped: 0, unreachable: 0, bytes: 0 }

/**
 * Returns what a repository is doing.
 *
 * `pending` is 0 only when nothing is left to do: while it is not known how much there is, it is 1.
 */
export async function statusOf(
  { id, path }: RegisteredRepository,
  open: OpenRepository | undefined,
  health: Health,
): Promise<RepositoryStatus> {
  if (open === undefined) {
    const state = stateOf(health, 'waiting')
    return { id, path, ...nothing, pending: state === 'missing' ? 0 : 1, state, ...troubleOf(health) }
  }
  const { remembered, bookmarks } = open
  const [{ head, problem = health.problem }, bytes] = await Promise.all([
    headOf(open, health),
    open.bytes().catch(() => 0),
    open.config.refresh(),
  ])
  const { current } = remembered.progress
  const isBehind = head?.oid !== undefined && !isRemembered(head.oid, open)
  if (isBehind) remembered.notice()
  const isReading = current.phase !== 'idle' || isBehind || !health.wasLevel
  const state = stateOf({ problem }, isReading ? 'reading' : 'ready')
  const { pending, episodes, complete, unreachable } = remembered.counts()
  const coming = current.phase === 'messages' ? Math.max(0, current.total - current.done) : 0
  return {
    id,
    path,
    episodes,
    complete,
    unreachable,
    pending: Math.max(pending + coming, isReading && state !== 'missing' ? 1 : 0),
    skipped: bookmarks.skipped().length,
    bytes,
    state,
    embedder: remembered.teaching.status(),
    ...troubleOf({ problem }),
    ...(head?.oid === undefined ? {} : { head: head.oid }),
    ...(head?.ref === undefined ? {} : { branch: head.ref.replace(/^refs\/heads\//, '') }),
    ...(current.phase === 'idle' ? {} : { progress: current }),
  }
}

function stateOf({ problem }: Pick<Health, 'problem'>, otherwise: RepositoryState): RepositoryState {
  if (problem === undefined) return otherwise
  return isMissing(problem) ? 'missing' : 'failed'
}

function troubleOf({ problem }: Pick<Health, 'problem'>): Pick<RepositoryStatus, 'problem'> {
  return problem === undefined ? {} : { problem: messageOf(problem) }
}

/** How long git may take to say what is checked out; one that hangs is no reason to keep quiet about all the others. */
const mostHeadMs = 3_000

/** What is checked out, or why that is not known. */
interface HeadNow {
  readonly head?: Head
  readonly problem?: unknown
}

/** A repository that went away may not have been missed by anybody yet. */
async function headOf({ repository }: OpenRepository, health: Health): Promise<HeadNow> {
  const late = new AbortController()
  const reason = `\`git symbolic-ref HEAD\` does not answer in ${repository.root}; try it by hand.`
  const timer = setTimeout(() => late.abort(new AiosError('git.failed', reason)), mostHeadMs)
  try {
    return { head: await repository.head(late.signal) }
  } catch (error) {
    if (isMissing(error) && !isMissing(health.problem)) health.failed(error)
    return late.signal.aborted ? { problem: late.signal.reason } : {}
  } finally {
    clearTimeout(timer)
  }
}

/** Returns what is wrong with a repository, each with the command that mends it. */
export function problemsOf(
  { id, path }: RegisteredRepository,
  open: OpenRepository | undefined,
  { problem }: Health,
): Problem[] {
  const problems: Problem[] = []
  if (isMissing(problem)) {
    const hint = `If it moved, run \`aios init\` at its new place; if it is gone, \`aios repo forget ${id}\`.`
    problems.push({ code: 'repository.missing', repository: id, message: `${path} is gone.`, hint })
  } else if (problem !== undefined) {
    const { code, message, kind } =
      problem instanceof AiosError ? problem : new AiosError('internal', messageOf(problem))
    problems.push({ code, repository: id, message, hint: kind.hint })
  }
  const stray = open?.repository.strayWorktree
  if (stray !== undefined) {
    const message = `${path} has core.worktree set to ${stray}, which is not its own: only its commits are read.`
    const hint =
      'Unless that is meant, run `git config --unset core.worktree` there, then `aios daemon restart`.'
    problems.push({ code: 'repository.worktree', repository: id, message, hint })
  }
  const absent = open?.remembered.counts().absent ?? 0
  if (absent > 0) {
    const whose = absent === 1 ? "1 commit's" : `${absent} commits'`
    const message = `${whose} changes are not in this partial clone; their messages and paths are remembered.`
    const hint =
      'To have the changes too, run `git fetch --refetch --no-filter` there; nothing else is needed.'
    problems.push({ code: 'repository.partial', repository: id, message, hint })
  }
  const [first, ...more] = open?.bookmarks.skipped() ?? []
  if (first !== undefined) {
    const count = more.length === 0 ? '1 commit' : `${more.length + 1} commits`
    const message = `${count} could not be read: ${first.oid.slice(0, 12)} because of "${first.reason}".`
    const hint = 'Run `git fsck` there; when it is mended, `aios doctor --fix` reads what was left out.'
    problems.push({ code: 'repository.unreadable', repository: id, message, hint })
  }
  return [...problems, ...(open?.config.problems() ?? [])]
}

/** Says whether the commit is remembered, or known to be unreadable. */
function isRemembered(oid: string, { remembered, bookmarks }: OpenRepository): boolean {
  const { graph } = remembered.memory
  const ordinal = graph.ordinalOf(oid)
  return (ordinal !== undefined && graph.isKnown(ordinal)) || bookmarks.triesOf(oid) > 0
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
