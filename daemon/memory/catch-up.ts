import type { CommitHeader, CommitPatch } from '../../contract/commit.ts'
import type { Fact } from '../../contract/events.ts'
import type { EpisodeFacts } from '../store/store.ts'
import { streamChanges, streamMessages } from './corridor.ts'
import type { CommitGraph } from './commit-graph.ts'
import type { Completeness } from './completeness.ts'
import type { ProgressMeter } from './progress.ts'
import type { CommitReader } from './patches.ts'
import { isBare, type Parts } from './remember.ts'
import { isRemembered, keepMessages, readFew, unlost } from './remember-few.ts'

/** A commit that could not be read, and why. */
export interface Skipped {
  readonly oid: string
  readonly reason: string
}

/** Where a history ends: what its refs lead to, and where it is cut off. */
export interface Frontier {
  /** The commits that refs lead to, each once. */
  readonly tips: readonly string[]
  /** Differs when more of the history can be seen though no ref moved: a shallow clone was deepened. */
  readonly horizon: string
}

/** What is read from git. */
export interface History {
  frontier(signal: AbortSignal): Promise<Frontier>
  /** Returns those of these commits that git does not have any more. */
  dropped(oids: readonly string[], signal: AbortSignal): Promise<string[]>
  /** Returns how many commits lead to the tips and not to the known ones. */
  count(tips: readonly string[], known: readonly string[], signal: AbortSignal): Promise<number>
  /** Returns those of these commits whose hunks cannot be had, because a partial clone left them on its server. */
  absent(oids: Iterable<string>, signal: AbortSignal): Promise<ReadonlySet<string>>
  headers(
    tips: readonly string[],
    known: readonly string[],
    onSkipped: (skipped: Skipped) => void,
    signal: AbortSignal,
  ): AsyncIterable<readonly CommitHeader[]>
  patches(
    oids: readonly string[],
    onSkipped: (skipped: Skipped) => void,
    signal: AbortSignal,
  ): AsyncIterable<readonly CommitPatch[]>
}

/** What a catch-up leaves behind for the next one. */
export interface Bookmarks {
  /** Returns the frontier whose messages were all remembered. */
  frontier(): Frontier
  keepFrontier(frontier: Frontier): void
  /** Returns how often this commit could not be read, and which commits could not. */
  triesOf(oid: string): number
  tried(): Iterable<string>
  keepSkipped(skipped: Skipped): void
  /** Forgets that these commits could not be read. */
  forgetSkipped(oids: Iterable<string>): void
}

/** What a catch-up needs. */
export interface CatchUpParts extends Parts {
  readonly repository: string
  readonly history: History
  readonly graph: CommitGraph
  readonly completeness: Completeness
  readonly bookmarks: Bookmarks
  readonly progress: ProgressMeter
  readonly reader: Pick<CommitReader, 'read'>
  /** Says of a commit that it and all of its ancestors are remembered. */
  readonly isSettled: (oid: string) => boolean
  readonly publish: (fact: Fact) => void
}

/** What a catch-up did. */
export interface CaughtUp {
  /** Commits whose messages are new. */
  readonly arrived: readonly string[]
  /** How many commits had their hunks read. */
  readonly completed: number
  /** Whether refs led elsewhere than before. */
  readonly moved: boolean
  readonly frontier: Frontier
}

/** Writes after which the indexes are brought level at once rather than on schedule. */
const bulkCommits = 512
/**
 * Messages that are found in a tenth of a second without an index, so that indexing them can wait for their hunks.
 * Of more, an index is made before anything else is read; until it is there a question takes a second.
 */
const indexedAtOnce = 20_000
/** A commit that failed so often is not tried again until the repository is reindexed. */
const mostTries = 5

/**
 * Keeps memory level with git.
 *
 * The queue is git itself: what remains to be done is what the refs lead to and memory does not hold. First
 * all messages, so that everything can be found within seconds; then the hunks, newest first. It can end at
 * any point and begin again: rows are named by their commit.
 */
export async function catchUp(parts: CatchUpParts, signal: AbortSignal): Promise<CaughtUp> {
  const began = performance.now()
  const { repository, history, bookmarks, progress, publish } = parts
  const before = unlost(bookmarks.frontier(), parts)
  const frontier = await history.frontier(signal)
  const moved = !sameFrontier(before, frontier)
  const skipped: Skipped[] = []
  const few = moved ? await readFew(before, frontier, parts, signal) : []
  const arrived = few ?? (await readMessages(before, frontier, parts, skipped, signal))
  if (arrived.length > bulkCommits) {
    publish({ type: 'ingestion.searchable', data: { repository, commits: arrived.length, ms: since(began) } })
    if (arrived.length > indexedAtOnce) await parts.store.optimize()
  }
  // A tip that could not be read stays outside the frontier, and is asked for again next time.
  if (moved)
    bookmarks.keepFrontier({ ...frontier, tips: frontier.tips.filter((tip) => isRemembered(tip, parts)) })
  const completed = await readChanges(parts, skipped, signal)
  if (completed > bulkCommits) {
    progress.begin('indexing', 0)
    await parts.store.optimize()
  }
  const unread = frontier.tips.filter(
    (tip) => !isRemembered(tip, parts) && !skipped.some(({ oid }) => oid === tip),
  )
  for (const one of [...skipped, ...unread.map((oid) => ({ oid, reason: 'git cannot read it' }))]) {
    if (bookmarks.triesOf(one.oid) >= mostTries) continue
    bookmarks.keepSkipped(one)
    publish({ type: 'memory.skipped', data: { repository, ...one } })
  }
  if (arrived.length + completed > 0) {
    publish({
      type: 'ingestion.finished',
      data: {
        repository,
        commits: Math.max(arrived.length, completed),
        skipped: skipped.length,
        ms: since(began),
      },
    })
  }
  return { arrived, completed, moved, frontier }
}

function sameFrontier(one: Frontier, other: Frontier): boolean {
  return (
    one.horizon === other.horizon && new Set(one.tips).symmetricDifference(new Set(other.tips)).size === 0
  )
}

async function readMessages(
  before: Frontier,
  after: Frontier,
  parts: CatchUpParts,
  skipped: Skipped[],
  signal: AbortSignal,
): Promise<string[]> {
  const { history, progress, completeness } = parts
  const known = before.horizon === after.horizon ? await knownTips(before, after, history, signal) : []
  const isNew = (header: CommitHeader): boolean =>
    !isRemembered(header.oid, parts) || (known.length === 0 && isMore(header, parts))
  // A tip that is remembered proves nothing about its ancestors: the last run may have died between them.
  const tips = [...new Set(after.tips).difference(new Set(known))]
  if (tips.length === 0) return []
  parts.embedder.expectMany()
  progress.begin('messages', 0)
  expectCount(history.count(tips, known, signal), parts)
  const headers = history.headers(tips, known, (one) => skipped.push(one), signal)
  const arrived: string[] = []
  await streamMessages(filter(headers, isNew), parts, keep, signal)
  return arrived

  function keep(facts: readonly EpisodeFacts[]): void {
    arrived.push(...facts.map(({ oid }) => oid))
    completeness.remove(facts.map(({ oid }) => oid))
    keepMessages(facts, parts)
    completeness.add(facts.filter(isBare).map(({ oid }) => oid))
  }
}

/**
 * Where a shallow clone ended, a commit had no parents and seemed to add everything that there was; where a tree
 * was lost, it had no paths. One that has no words either is not to be remembered.
 */
function isMore({ oid, parents, changes }: CommitHeader, { graph }: CatchUpParts): boolean {
  const ordinal = graph.ordinalOf(oid)
  if (ordinal === undefined) return false
  const hadNoPaths = graph.pathCount(ordinal) === 0 && graph.subject(ordinal) !== ''
  return graph.parents(ordinal).length < parents.length || (hadNoPaths && changes.length > 0)
}

/** Git fails at a tip that it has dropped since, as it does with what was rewritten; what stood behind it is seen anew. */
async function knownTips(
  before: Frontier,
  after: Frontier,
  history: History,
  signal: AbortSignal,
): Promise<string[]> {
  const left = new Set(before.tips).difference(new Set(after.tips))
  const dropped = left.size === 0 ? [] : await history.dropped([...left], signal)
  return [...new Set(before.tips).difference(new Set(dropped))]
}

/** The count only feeds the progress bar; without it the bar shows no end. */
function expectCount(counting: Promise<number>, { progress, repository, publish }: CatchUpParts): void {
  counting.then(
    (total) => {
      if (progress.current.phase === 'messages') progress.expect(total)
      if (total > bulkCommits) publish({ type: 'ingestion.started', data: { repository, commits: total } })
    },
    () => {},
  )
}

async function readChanges(parts: CatchUpParts, skipped: Skipped[], signal: AbortSignal): Promise<number> {
  const { history, graph, completeness, bookmarks, progress } = parts
  const absent = await history.absent(completeness.missing().map(graph.oid), signal)
  completeness.keepAbsent(absent)
  // They failed before it was known why; what is fetched is tried like anything new.
  bookmarks.forgetSkipped(absent)
  const left = completeness.readable().filter((ordinal) => bookmarks.triesOf(graph.oid(ordinal)) < mostTries)
  if (left.length === 0) return 0
  const oids = left
    .toSorted((a, b) => graph.committerTime(b) - graph.committerTime(a))
    .map((ordinal) => graph.oid(ordinal))
  progress.begin('changes', oids.length)
  let completed = 0
  const patches = history.patches(oids, (one) => skipped.push(one), signal)
  await streamChanges(patches, parts, keep, signal)
  return completed

  function keep(done: readonly string[]): void {
    completeness.add(done)
    bookmarks.forgetSkipped(done)
    completed += done.length
    progress.advance(done.length)
  }
}

async function* filter<T>(
  source: AsyncIterable<readonly T[]>,
  test: (item: T) => boolean,
): AsyncGenerator<readonly T[]> {
  for await (const items of source) yield items.filter(test)
}

function since(began: number): number {
  return Math.round(performance.now() - began)
}
