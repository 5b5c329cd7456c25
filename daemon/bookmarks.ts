import type { Bookmarks } from './memory/catch-up.ts'
import type { Aliases } from './memory/remembered.ts'
import type { Journal, Skipped } from './store/journal.ts'

/** Bookmarks that can be looked through. */
export interface HeldBookmarks extends Bookmarks {
  /** Returns the commits that could not be read. */
  skipped(): Skipped[]
  /** Forgets what could not be read, and how far was read: all history is looked through again. */
  retry(): void
}

/** The name under which the journal keeps where a history is cut off; no ref can be called so. */
const horizonKey = '(horizon)'

/** Returns a repository's bookmarks, kept in the journal. */
export function bookmarksIn(journal: Journal, repository: string): HeldBookmarks {
  const skipped = new Map(journal.skipped(repository).map((one) => [one.oid, one]))

  function forgetSkipped(oids: Iterable<string>): void {
    for (const oid of oids) if (skipped.delete(oid)) journal.unskip(repository, oid)
  }

  return {
    frontier() {
      const kept = journal.tips(repository)
      const horizon = kept.get(horizonKey) ?? ''
      kept.delete(horizonKey)
      return { tips: [...kept.values()], horizon }
    },
    keepFrontier({ tips, horizon }) {
      journal.setTips(
        repository,
        new Map([...tips.map((tip): [string, string] => [tip, tip]), [horizonKey, horizon]]),
      )
    },
    triesOf: (oid) => skipped.get(oid)?.tries ?? 0,
    tried: () => skipped.keys(),
    keepSkipped: ({ oid, reason }) =>
      void skipped.set(oid, { oid, reason, tries: journal.skip(repository, oid, reason) }),
    forgetSkipped,
    skipped: () => [...skipped.values()],
    retry() {
      if (skipped.size === 0) return
      // A commit whose message could not be read is not remembered, and no ref need move for it to be readable.
      journal.setTips(repository, new Map())
      forgetSkipped([...skipped.keys()])
    },
  }
}

/** Returns a repository's links of rewritten commits, kept in the journal. */
export function aliasesIn(journal: Journal, repository: string, now: () => number): Aliases {
  return {
    all: () => journal.aliases(repository),
    keep(rewrites) {
      const at = now()
      journal.addAliases(
        repository,
        rewrites.map((rewrite) => ({ ...rewrite, at })),
      )
    },
  }
}
