import type { Fact } from '../../contract/events.ts'
import type { Rewrite } from './rewrite.ts'
import { createRewriteFinder, type RewriteParts } from './rewrites.ts'

/** What following refs needs. */
export interface FollowParts extends RewriteParts {
  readonly id: string
  readonly aliases: { keep(rewrite: Rewrite): void }
  readonly publish: (fact: Fact) => void
}

/**
 * Creates what learns, from where the refs are now, which commits left every ref and what became of them.
 *
 * Asked again with the same tips it does nothing. Whether there is something to learn is not told by the
 * frontier that was kept: the last run may have kept it and ended before it came here.
 */
export function createFollower(
  parts: FollowParts,
): (tips: readonly string[], signal: AbortSignal) => Promise<void> {
  const { id, identities, reachability, aliases, publish } = parts
  const findRewrites = createRewriteFinder(parts)
  let followed: string | undefined

  return async (tips, signal) => {
    const seen = tips.toSorted().join(' ')
    if (seen === followed) return
    const moved = reachability.update(tips)
    if (moved.gone.length > 0) {
      publish({ type: 'memory.unreachable', data: { repository: id, commits: moved.gone.length } })
    }
    for (const rewrite of await findRewrites(moved, signal)) {
      if (!identities.link(rewrite.from, rewrite.to)) continue
      aliases.keep(rewrite)
      publish({ type: 'memory.rewritten', data: { repository: id, ...rewrite } })
    }
    followed = seen
  }
}
