import { setImmediate } from 'node:timers/promises'
import type { Fact } from '../../contract/events.ts'
import { isRemembered } from './remember-few.ts'
import type { Rewrite } from './rewrite.ts'
import { createRewriteFinder, type RewriteParts } from './rewrites.ts'

/** What following refs needs. */
export interface FollowParts extends RewriteParts {
  readonly id: string
  readonly aliases: { keep(rewrites: readonly Rewrite[]): void }
  readonly publish: (fact: Fact) => void
  readonly publishAll: (facts: readonly Fact[]) => void
}

/** Learns from the refs what became of commits. */
export interface Follower {
  (tips: readonly string[], signal: AbortSignal): Promise<void>
  /** Hears from git itself what was rewritten to what; believed once the old commit has left every ref. */
  hear(rewrites: readonly Told[]): void
  /** Returns what was heard of commits that memory does not hold, though it holds what became of them; forgets it. */
  takeMissed(): Told[]
}

/** What git says of a rewrite. */
export interface Told {
  readonly from: string
  readonly to: string
}

/** Links that are written at once; a rebase makes a thousand, and others are answered between the writes. */
const linksPerWrite = 100
/** Times that a commit may have been rewritten before anybody looked. */
const mostSteps = 100
/** What was heard and could not be used yet; the refs prove most of it again. */
const mostHeard = 10_000

/**
 * Creates what learns, from where the refs are now, which commits left every ref and what became of them.
 *
 * Asked again with the same tips it does nothing. Whether there is something to learn is not told by the
 * frontier that was kept: the last run may have kept it and ended before it came here.
 */
export function createFollower(parts: FollowParts): Follower {
  const { id, graph, identities, reachability, aliases, publish, publishAll } = parts
  const findRewrites = createRewriteFinder(parts)
  const heard = new Map<string, string>()
  let followed: string | undefined

  /** A link is two writes to the disk, and a hundred links are no more. */
  async function link(rewrites: readonly Rewrite[]): Promise<void> {
    for (let from = 0; from < rewrites.length; from += linksPerWrite) {
      if (from > 0) await setImmediate()
      const some = rewrites.slice(from, from + linksPerWrite)
      const fresh = some.filter((rewrite) => identities.link(rewrite.from, rewrite.to))
      if (fresh.length === 0) continue
      aliases.keep(fresh)
      publishAll(fresh.map((rewrite) => ({ type: 'memory.rewritten', data: { repository: id, ...rewrite } })))
    }
  }

  /** A commit that another branch still holds is a commit of its own, whatever was made of it here. */
  function takeHeard(): Rewrite[] {
    const usable = [...heard].filter(([from, to]) => {
      const isKnown = graph.ordinalOf(from) !== undefined && graph.ordinalOf(to) !== undefined
      return isKnown && !reachability.isReachable(from)
    })
    for (const [from] of usable) heard.delete(from)
    return usable.map(([from, to]) => ({ from, to, evidence: 'git said so' }))
  }

  async function follow(tips: readonly string[], signal: AbortSignal): Promise<void> {
    const seen = tips.toSorted().join(' ')
    if (seen === followed) return link(takeHeard())
    const moved = reachability.update(tips)
    if (moved.gone.length > 0) {
      publish({ type: 'memory.unreachable', data: { repository: id, commits: moved.gone.length } })
    }
    await link(takeHeard())
    await link(await findRewrites(moved, signal))
    followed = seen
  }

  return Object.assign(follow, {
    hear(rewrites: readonly Told[]) {
      for (const { from, to } of rewrites) if (heard.size < mostHeard) heard.set(from, to)
    },
    takeMissed() {
      const missed = missedAmong(heard, parts)
      for (const { from } of missed) heard.delete(from)
      // What is read of them came without a ref, which the next look at the same refs has to see.
      if (missed.length > 0) followed = undefined
      return missed
    },
  })
}

/** What was heard of commits that memory does not hold, and whose heirs it does. */
function missedAmong(heard: ReadonlyMap<string, string>, memory: Pick<FollowParts, 'graph'>): Told[] {
  return [...heard]
    .filter(([from, to]) => !isRemembered(from, memory) && isRemembered(heirOf(to, heard, memory), memory))
    .map(([from, to]) => ({ from, to }))
}

/** Of what memory does not hold, what became of it as far as was heard. */
function heirOf(oid: string, heard: ReadonlyMap<string, string>, memory: Pick<FollowParts, 'graph'>): string {
  let heir = oid
  for (let step = 0; step < mostSteps; step += 1) {
    const next = heard.get(heir)
    if (next === undefined || isRemembered(heir, memory)) return heir
    heir = next
  }
  return heir
}
