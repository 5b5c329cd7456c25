import type { Fingerprint, Rewrite, Standing } from './rewrite.ts'

/** A line of commits, oldest first, that all left every ref. */
export interface LostBranch {
  /** The commit that its changes are counted from; undefined when it began with a root. */
  readonly base: string | undefined
  readonly commits: readonly Fingerprint[]
}

/** Returns the lines that lost commits make; a commit with two lost children ends the lines of both. */
export function lostBranches(gone: readonly Fingerprint[]): LostBranch[] {
  const byOid = new Map(gone.map((commit) => [commit.oid, commit]))
  const children = new Map<string, number>()
  for (const { parents } of gone)
    for (const parent of parents) children.set(parent, (children.get(parent) ?? 0) + 1)
  return gone
    .filter(({ oid }) => !children.has(oid))
    .map((tip) => {
      const commits = [tip]
      for (
        let at = parentIn(byOid, tip);
        at !== undefined && children.get(at.oid) === 1;
        at = parentIn(byOid, at)
      )
        commits.push(at)
      return { base: baseOf(commits, byOid), commits: commits.toReversed() }
    })
}

function parentIn(
  byOid: ReadonlyMap<string, Fingerprint>,
  { parents }: Fingerprint,
): Fingerprint | undefined {
  return byOid.get(parents[0] ?? '')
}

/** What was merged into a branch is not its own work: it counts from the last commit that it took in. */
function baseOf(
  newestFirst: readonly Fingerprint[],
  lost: ReadonlyMap<string, Fingerprint>,
): string | undefined {
  for (const { parents } of newestFirst) {
    const merged = parents.slice(1).find((parent) => !lost.has(parent))
    if (merged !== undefined) return merged
  }
  return newestFirst.at(-1)?.parents[0]
}

/**
 * Finds the commit into which a lost branch was squashed: one whose patch is the patch of the whole branch,
 * or whose tree is the branch's last. Without exactly one such commit there is no answer.
 */
export function matchSquash(
  { base, commits }: LostBranch,
  unionPatchId: string | undefined,
  living: readonly Fingerprint[],
  standing: Pick<Standing, 'descends'>,
): Rewrite[] {
  const tip = commits.at(-1)
  if (tip === undefined) return []
  const possible = living.filter(({ oid }) => !standing.descends(tip.oid, oid))
  const byTree = possible.filter(({ tree, parents }) => tree === tip.tree && parents[0] === base)
  const byPatch = unionPatchId === undefined ? [] : possible.filter(({ patchId }) => patchId === unionPatchId)
  const [into, ...rivals] = byPatch.length > 0 ? byPatch : byTree
  if (into === undefined || rivals.length > 0) return []
  const evidence = byPatch.length > 0 ? 'same patch as the whole branch' : 'same tree and base as the branch'
  return commits.map(({ oid }) => ({ from: oid, to: into.oid, evidence }))
}

/** A commit that was found again, and the lost ones after it that may have been folded into it. */
export interface Fold {
  readonly into: string
  readonly base: string | undefined
  readonly commits: readonly Fingerprint[]
}

/** Returns the stretches of a lost branch that follow a commit which was found again, each to its next one. */
export function foldsIn({ commits }: LostBranch, becameOf: (oid: string) => string | undefined): Fold[] {
  const folds: { into: string; base: string | undefined; commits: Fingerprint[] }[] = []
  for (const commit of commits) {
    const into = becameOf(commit.oid)
    if (into !== undefined) folds.push({ into, base: commit.parents[0], commits: [] })
    else folds.at(-1)?.commits.push(commit)
  }
  return folds.filter((fold) => fold.commits.length > 0)
}
