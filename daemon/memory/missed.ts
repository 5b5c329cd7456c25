import { catchUp, type CatchUpParts } from './catch-up.ts'
import type { Follower } from './follow.ts'

/**
 * Reads commits that were rewritten before anybody had looked, so that git's word on what became of them counts;
 * returns those that are new.
 *
 * Git keeps them for weeks after no ref leads to them. Each is tried once: what is gone, or was no commit, would
 * fail again.
 */
export async function readMissed(
  follow: Pick<Follower, 'takeMissed' | 'hear'>,
  parts: CatchUpParts,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { history, bookmarks } = parts
  const missed = follow.takeMissed()
  if (missed.length === 0) return []
  const oids = missed.map(({ from }) => from)
  const dropped = new Set(await history.dropped(oids, signal))
  const there = missed.filter(({ from }) => !dropped.has(from))
  if (there.length === 0) return []
  const tips = there.map(({ from }) => from)
  const asIfLedTo: CatchUpParts = {
    ...parts,
    history: {
      ...history,
      async frontier(ending) {
        const now = await history.frontier(ending)
        return { ...now, tips: [...now.tips, ...tips] }
      },
    },
    bookmarks: { ...bookmarks, keepFrontier: () => {} },
  }
  const { arrived } = await catchUp(asIfLedTo, signal)
  follow.hear(there)
  return arrived
}
