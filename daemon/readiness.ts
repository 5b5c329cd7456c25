import { AiosError } from '../contract/errors.ts'
import type { RepositoryStatus } from '../contract/status.ts'
import type { Repositories } from './repositories.ts'
import type { Journal } from './store/journal.ts'

/**
 * Fulfilled when everything that is there can be searched; fails with `daemon.unready` and the reasons.
 *
 * A repository whose folder is gone is no reason: nothing that the daemon does brings it back.
 */
export async function assertReady(
  repositories: Pick<Repositories, 'list'>,
  journal: Pick<Journal, 'latest'>,
): Promise<{ ready: true }> {
  const states = await Promise.all(repositories.list().map((held) => held.status()))
  const reasons = [...journalReasons(journal), ...states.flatMap(reasonsOf)]
  if (reasons.length > 0) throw new AiosError('daemon.unready', reasons.join(' '))
  return { ready: true }
}

function journalReasons(journal: Pick<Journal, 'latest'>): string[] {
  try {
    journal.latest()
    return []
  } catch (error) {
    return [`The journal cannot be read: ${error instanceof Error ? error.message : String(error)}.`]
  }
}

/** Messages come first, and are all that a search needs; hunks are read behind the scenes. */
function reasonsOf({ id, state, progress, problem, episodes, head }: RepositoryStatus): string[] {
  if (state === 'failed') return [`${id} cannot be searched: ${problem ?? 'it could not be opened'}`]
  if (state === 'waiting') return [`${id} is not searchable yet: it is being opened.`]
  if (state !== 'reading') return []
  if (progress?.phase === 'messages')
    return [`${id} is not searchable yet: ${progress.done} of ${progress.total} commits are read.`]
  return episodes === 0 && head !== undefined ? [`${id} is not searchable yet: it is being read.`] : []
}
