import type { DetailRow, EpisodeRow, MemoryStore } from '../store/store.ts'
import type { CommitGraph } from './commit-graph.ts'
import type { Identities } from './identities.ts'
import { subjectOf } from '../store/facts.ts'
import type { Moved, Reachability } from './reachability.ts'
import { isOldCopy, matchRewrites, type Fingerprint, type Rewrite, type Standing } from './rewrite.ts'
import { foldsIn, lostBranches, matchSquash, type LostBranch } from './squash.ts'

/** What lost commits are looked for with. */
export interface RewriteParts {
  readonly graph: CommitGraph
  readonly store: MemoryStore
  readonly identities: Identities
  readonly reachability: Reachability
  /** Returns the patch id of everything between two commits; undefined when git cannot say. */
  readonly unionPatchId: (base: string, tip: string, signal: AbortSignal) => Promise<string | undefined>
}

/** Finds the living commits that lost commits have become. */
export type RewriteFinder = (moved: Moved, signal: AbortSignal) => Promise<Rewrite[]>

/** Lost lines of commits that are compared as a whole with each living commit. */
const mostBranches = 50
/** Lost commits that are looked for again whenever others arrive, the newest. */
const mostOrphans = 512

/**
 * Creates a finder. It looks for what was lost just now, and again for what was lost before and not found: a
 * branch may be gone before the commit that it became is fetched, and a daemon may end between the two.
 */
export function createRewriteFinder(parts: RewriteParts): RewriteFinder {
  const { graph, identities, reachability, store } = parts
  const unionPatchId = keepingAnswers(parts.unionPatchId)
  let orphans: Set<string> | undefined
  let prints = new Map<string, Fingerprint>()

  return async (moved, signal) => {
    orphans = (orphans ?? new Set(allOids(graph))).union(new Set(moved.gone))
    const lost = [...orphans].filter(
      (oid) => !reachability.isReachable(oid) && identities.latest(oid) === oid,
    )
    const unknown = lost.filter((oid) => !prints.has(oid))
    for (const print of await fingerprints(unknown, store)) prints.set(print.oid, print)
    const known = lost.flatMap((oid) => prints.get(oid) ?? [])
    const found =
      known.length === 0 ? [] : await findRewrites(known, moved, { ...parts, unionPatchId }, signal)
    const matched = new Set(found.map(({ from }) => from))
    const left = known.filter(({ oid }) => !matched.has(oid))
    prints = new Map(newest(left, graph).map((print) => [print.oid, print]))
    orphans = new Set(prints.keys())
    return found
  }
}

function allOids(graph: CommitGraph): string[] {
  return [...graph.ordinals()].map((ordinal) => graph.oid(ordinal))
}

function newest(commits: readonly Fingerprint[], graph: CommitGraph): readonly Fingerprint[] {
  if (commits.length <= mostOrphans) return commits
  const timeOf = ({ oid }: Fingerprint): number => graph.committerTime(graph.ordinalOf(oid) ?? 0)
  return commits.toSorted((a, b) => timeOf(b) - timeOf(a)).slice(0, mostOrphans)
}

/** What lies between two commits never changes, so each pair is asked for once. */
function keepingAnswers(ask: RewriteParts['unionPatchId']): RewriteParts['unionPatchId'] {
  const answers = new Map<string, string | undefined>()
  return async (base, tip, signal) => {
    const pair = `${base} ${tip}`
    if (!answers.has(pair)) answers.set(pair, await ask(base, tip, signal).catch(whenGone(signal)))
    return answers.get(pair)
  }
}

/** Commits that git has dropped cannot be compared any more. */
function whenGone(signal: AbortSignal): () => undefined {
  return () => {
    signal.throwIfAborted()
    return undefined
  }
}

async function findRewrites(
  lost: readonly Fingerprint[],
  moved: Moved,
  parts: RewriteParts,
  signal: AbortSignal,
): Promise<Rewrite[]> {
  const standing = standingOf(lost, moved, parts)
  const living = await fingerprints(await candidates(lost, parts), parts.store)
  const rewrites = matchRewrites(lost, living, standing)
  const matched = new Map(rewrites.map(({ from, to }) => [from, to]))
  const squashed = await findSquashes(lost, matched, standing, parts, signal)
  const isSquashed = new Set(squashed.map(({ from }) => from))
  const sure = rewrites.filter((one) => !isOldCopy(one, standing))
  const isSure = new Set(sure.map(({ from }) => from))
  const copies = rewrites.filter(({ from }) => !isSure.has(from) && !isSquashed.has(from))
  return [...sure, ...copies, ...squashed.filter(({ from }) => !isSure.has(from))]
}

/** Ancestry is walked for single commits only where it can matter: where a living commit lies behind a lost one. */
function standingOf(
  lost: readonly Fingerprint[],
  { came }: Moved,
  { graph, identities }: RewriteParts,
): Standing {
  const behindOf = (oids: readonly string[]): Uint8Array =>
    graph.ancestors(oids.flatMap((oid) => graph.ordinalOf(oid) ?? []))
  const behindAny = behindOf(lost.map(({ oid }) => oid))
  const behind = new Map<string, Uint8Array>()
  return {
    latest: (oid) => identities.latest(oid),
    isNew: (oid) => came.has(oid),
    descends(oid, from) {
      const ordinal = graph.ordinalOf(from)
      if (ordinal === undefined || behindAny[ordinal] !== 1) return false
      const own = behind.get(oid) ?? behindOf([oid])
      behind.set(oid, own)
      return own[ordinal] === 1
    },
  }
}

/** Returns living commits that share an author's moment or a patch with a lost one. */
async function candidates(
  lost: readonly Fingerprint[],
  { graph, store, reachability }: RewriteParts,
): Promise<string[]> {
  const moments = new Set(lost.map(({ authorEmail, authorTime }) => `${authorEmail}\0${authorTime}`))
  const byMoment = [...graph.ordinals()].filter((ordinal) =>
    moments.has(`${graph.author(ordinal).email}\0${graph.authorTime(ordinal)}`),
  )
  const byPatch = await store.withPatchIds(lost.flatMap(({ patchId }) => patchId ?? []))
  const oids = [...byMoment.map((ordinal) => graph.oid(ordinal)), ...byPatch.map(({ oid }) => oid)]
  return [...new Set(oids)].filter((oid) => reachability.isReachable(oid))
}

async function findSquashes(
  lost: readonly Fingerprint[],
  matched: ReadonlyMap<string, string>,
  standing: Standing,
  parts: RewriteParts,
  signal: AbortSignal,
): Promise<Rewrite[]> {
  const found: Rewrite[] = []
  const branches = lostBranches(lost).filter(({ commits }) => commits.some(({ oid }) => !matched.has(oid)))
  for (const branch of branches.slice(0, mostBranches)) {
    const whole = await squashOf(branch, standing, parts, signal)
    found.push(...(whole.length > 0 ? whole : await foldsOf(branch, matched, parts, signal)))
  }
  return found
}

async function squashOf(
  branch: LostBranch,
  standing: Standing,
  parts: RewriteParts,
  signal: AbortSignal,
): Promise<Rewrite[]> {
  const tip = branch.commits.at(-1)
  if (tip === undefined || branch.base === undefined || branch.commits.length === 1) return []
  const union = await parts.unionPatchId(branch.base, tip.oid, signal)
  const living = await squashCandidates(union, branch.base, parts)
  return matchSquash(branch, union, living, standing)
}

/** Finds commits that were folded into the one before them, as `fixup!` commits are. */
async function foldsOf(
  branch: LostBranch,
  matched: ReadonlyMap<string, string>,
  { store, unionPatchId }: RewriteParts,
  signal: AbortSignal,
): Promise<Rewrite[]> {
  const found: Rewrite[] = []
  for (const { into, base, commits } of foldsIn(branch, (oid) => matched.get(oid))) {
    const tip = commits.at(-1)
    if (tip === undefined || base === undefined) continue
    const [detail] = await store.details([into])
    const union = await unionPatchId(base, tip.oid, signal)
    if (union === undefined || detail?.patchId !== union) continue
    found.push(...commits.map(({ oid }) => ({ from: oid, to: into, evidence: 'folded into the one before' })))
  }
  return found
}

/** Living commits with the patch of the whole branch, and those that stand where it stood. */
async function squashCandidates(
  union: string | undefined,
  base: string,
  parts: RewriteParts,
): Promise<Fingerprint[]> {
  const { graph, store, reachability } = parts
  const samePatch = union === undefined ? [] : await store.withPatchIds([union])
  const baseOrdinal = graph.ordinalOf(base)
  const onBase = [...graph.ordinals()].filter((ordinal) => graph.parents(ordinal)[0] === baseOrdinal)
  const oids = new Set([...samePatch.map(({ oid }) => oid), ...onBase.map((ordinal) => graph.oid(ordinal))])
  return fingerprints(
    [...oids].filter((oid) => reachability.isReachable(oid)),
    store,
  )
}

async function fingerprints(oids: readonly string[], store: MemoryStore): Promise<Fingerprint[]> {
  const [rows, details] = await Promise.all([store.episodes(oids), store.details(oids)])
  const patchIds = new Map(details.map((detail: DetailRow) => [detail.oid, detail.patchId]))
  return rows.map((row: EpisodeRow) => ({
    oid: row.oid,
    tree: row.tree,
    parents: row.parents,
    authorEmail: row.author.email,
    authorTime: row.author.time,
    subject: subjectOf(row.message),
    paths: row.changes.map(({ path }) => path),
    patchId: patchIds.get(row.oid),
  }))
}
