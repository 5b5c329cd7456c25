import type { CommitHeader } from '../../contract/commit.ts'
import type { HookInput } from '../../contract/hooks.ts'
import { denialOf, isRefusal } from '../bus/hook-denial.ts'
import type { HookBus } from '../bus/hooks.ts'
import { isoTime } from './episode.ts'

/** What a commit says, without its secrets. */
export interface Said {
  readonly header: CommitHeader
  readonly message: string
  readonly redactions: number
}

/** Decides what of each commit is remembered. */
export type Amend = (said: readonly Said[], signal: AbortSignal) => Promise<readonly Said[]>

/**
 * Creates what asks the listeners of `before:remember`; returns the commits as they are when there are none.
 *
 * A listener that dies changes nothing, unless the user's policy requires it: then reading fails as a whole, and
 * begins again with the same commits. None is lost either way.
 */
export function createAmend(hooks: HookBus, repository: string): Amend {
  return async (said, signal) => {
    if (!hooks.isHeard('before:remember')) return said
    const amended: Said[] = []
    for (const one of said) amended.push(await amend(one, repository, hooks, signal))
    return amended
  }
}

async function amend(said: Said, repository: string, hooks: HookBus, signal: AbortSignal): Promise<Said> {
  const outcome = await hooks.run('before:remember', inputOf(said, repository), signal)
  if (outcome.decision === 'deny') {
    if (isRefusal(outcome)) return { ...said, header: { ...said.header, changes: [] }, message: '' }
    throw denialOf(outcome)
  }
  const { message } = outcome.data
  if (message === said.message) return said
  const { redact } = await import('../../native-workers/redact.ts')
  // What a listener writes may hold a secret as well.
  const [clean] = await redact([message])
  return { ...said, message: clean?.text ?? '', redactions: said.redactions + (clean?.count ?? 0) }
}

function inputOf({ header, message }: Said, repository: string): HookInput<'before:remember'> {
  const { oid, parents, author, changes } = header
  return {
    repository,
    oid,
    parents: [...parents],
    author: { name: author.name, email: author.email, time: isoTime(author) },
    message,
    changes: changes.map(({ path, oldPath, status }) => ({
      path,
      status,
      ...(oldPath === undefined ? {} : { oldPath }),
    })),
  }
}

/** Commits that are told of at once. */
const commitsPerCall = 1000

/** Tells the listeners of `after:remember` which commits are remembered now. */
export async function tellRemembered(
  oids: readonly string[],
  repository: string,
  hooks: HookBus,
  signal: AbortSignal,
): Promise<void> {
  for (let at = 0; at < oids.length && hooks.isHeard('after:remember'); at += commitsPerCall) {
    const commits = oids.slice(at, at + commitsPerCall)
    await hooks.run('after:remember', { repository, commits }, signal)
  }
}
