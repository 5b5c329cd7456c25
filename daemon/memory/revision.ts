import { AiosError } from '../../contract/errors.ts'
import type { Memory } from './memory.ts'

/**
 * Returns the full oid that a revision names: a ref, the beginning of a remembered oid, or what git makes of it.
 * An oid of before a rewrite leads to the commit it was, even when git has forgotten it.
 */
export async function resolveRevision(
  revision: string,
  { repository, ties, graph }: Pick<Memory, 'repository' | 'ties' | 'graph'>,
  signal: AbortSignal,
): Promise<string> {
  const known = /^[0-9a-f]{4,64}$/.test(revision) ? ties.startingWith(revision) : []
  const [ordinal, ...others] = known
  if (ordinal === undefined) return repository.resolve(revision, signal)
  if (revision.length >= 40) return graph.oid(ordinal)
  // A branch or a tag may be called `2024` or `cafe`, and git lets names go before abbreviations.
  const named = await repository.resolve(revision, signal).catch(() => revision)
  signal.throwIfAborted()
  if (!named.startsWith(revision)) return named
  if (others.length === 0) return graph.oid(ordinal)
  throw new AiosError('revision.ambiguous', `${revision} is the beginning of ${known.length} commits.`)
}
