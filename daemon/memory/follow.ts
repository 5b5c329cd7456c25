import { setImmediate } from 'node:timers/promises'
import type { Fact } from '../../contract/events.ts'
import type { Rewrite } from './rewrite.ts'
import { createRewriteFinder, type RewriteParts } from './rewrites.ts'

/** What following refs needs. */
export interface FollowParts extends RewriteParts {
  readonly id: string
  readonly aliases: { keep(rewrite: Rewrite): void }
  readonly publish: (fact: Fact) => void
}

/** Learns from the refs what became of commits. */
export interface Follower {
  (tips: readonly string[], signal: AbortSignal): Promise<void>
  /** Hears from git itself what was rewritten to what; believed once the old commit has left every ref. */
  hear(rewrites: readonly Told[]): void
}

/** What git says of a rewrite. */
export interface Told {
  readonly from: string
  readonly to: string
}

/** Each link is two writes to the disk, and a rebase makes a thousand; others are answered between them. */
const longestTurnMs = 10
/** What was heard and could not be used yet; the refs prove most of it again. */
const mostHeard = 10_000

/**
 * Creates what learns, from where the refs are now, which commits left every ref and what became of them.
 *
 * Asked again with the same tips it does nothing. Whether there is something to learn is not told by the
 * frontier that was kept: the last run may have kept it and ended before it came here.
 */
export function createFollower(parts: FollowParts): Follower {
  const { id, graph, identities, reachability, aliases, publish } = parts
  const findRewrites = createRewriteFinder(parts)
  const heard = new Map<string, string>()
  let followed: string | undefined

  function link(rewrite: Rewrite): void {
    if (!identities.link(rewrite.from, rewrite.to)) return
    aliases.keep(rewrite)
    publish({ type: 'memory.rewritten', data: { repository: id, ...rewrite } })
  }

  /** A commit that another branch still holds is a commit of its own, whatever was made of it here. */
  function linkHeard(): void {
    for (const [from, to] of heard) {
      const isKnown = graph.ordinalOf(from) !== undefined && graph.ordinalOf(to) !== undefined
      if (!isKnown || reachability.isReachable(from)) continue
      heard.delete(from)
      link({ from, to, evidence: 'git said so' })
    }
  }

  async function follow(tips: readonly string[], signal: AbortSignal): Promise<void> {
    const seen = tips.toSorted().join(' ')
    if (seen === followed) linkHeard()
    if (seen === followed) return
    const moved = reachability.update(tips)
    if (moved.gone.length > 0) {
      publish({ type: 'memory.unreachable', data: { repository: id, commits: moved.gone.length } })
    }
    linkHeard()
    let since = performance.now()
    for (const rewrite of await findRewrites(moved, signal)) {
      link(rewrite)
      if (performance.now() - since < longestTurnMs) continue
      await setImmediate()
      since = performance.now()
    }
    followed = seen
  }

  return Object.assign(follow, {
    hear(rewrites: readonly Told[]) {
      for (const { from, to } of rewrites) if (heard.size < mostHeard) heard.set(from, to)
    },
  })
}
