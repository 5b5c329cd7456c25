import type { CommitHeader, CommitPatch } from '../../contract/commit.ts'
import type { EpisodeFacts } from '../store/store.ts'
import {
  prepareChanges,
  prepareMessages,
  rememberChanges,
  rememberMessages,
  type Parts,
  type Prepared,
} from './remember.ts'

/** Commits whose messages go to a worker at once. */
const messagesPerTask = 1024
/** Commits whose messages are kept in one write. */
const messagesPerWrite = 8192
/** Bytes of hunks that go to a worker at once: long enough to be worth the way, short enough to share out. */
const bytesPerTask = 1024 * 1024
/** Passages that are kept in one write. */
const passagesPerWrite = 4096
/** Tasks on their way at once: one for each worker, and one ready for it. */
const tasksInFlight = 4

/**
 * Remembers a stream of commits by message and path, telling of each batch when it is durable.
 *
 * Reading, digesting and storing go on at once; what waits between them is bounded, so the slowest of them
 * sets the pace for git.
 */
export async function streamMessages(
  source: AsyncIterable<readonly CommitHeader[]>,
  parts: Parts,
  onRemembered: (facts: readonly EpisodeFacts[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const tasks = mapAhead(
    regroup(source, () => 1, messagesPerTask),
    tasksInFlight,
    (batch) => prepareMessages(batch, parts, signal),
  )
  await writeBehind(
    regroup(tasks, () => 1, messagesPerWrite),
    async (rows) => {
      signal.throwIfAborted()
      onRemembered(await rememberMessages(rows, parts))
    },
  )
}

/** Remembers a stream of commits' hunks in the same way. */
export async function streamChanges(
  source: AsyncIterable<readonly CommitPatch[]>,
  parts: Parts,
  onRemembered: (oids: readonly string[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const tasks = mapAhead(regroup(source, bytesOf, bytesPerTask), tasksInFlight, async (batch) => [
    await prepareChanges(batch, parts, signal),
  ])
  await writeBehind(regroup(tasks, weightOf, passagesPerWrite), async (prepared) => {
    const details = prepared.flatMap((part) => part.details)
    await rememberChanges({ details, passages: prepared.flatMap((part) => part.passages) }, parts)
    onRemembered(details.map((detail) => detail.oid))
  })
}

/** Writes one batch while the next is being made. */
async function writeBehind<T>(source: AsyncIterable<T>, write: (batch: T) => Promise<void>): Promise<void> {
  let writing = Promise.resolve()
  try {
    for await (const batch of source) {
      await writing
      writing = write(batch)
      // A failure is met at the next await; until then it must not count as unhandled.
      writing.catch(() => {})
    }
    await writing
  } finally {
    // Whoever is told that reading failed may close the store.
    await writing.catch(() => {})
  }
}

/** A commit without hunks still takes its share of a task. */
const bytesPerCommit = 1024

function bytesOf(patch: CommitPatch): number {
  const hunks = patch.files.flatMap((file) => file.hunks)
  return hunks.reduce((sum, hunk) => sum + hunk.body.length, bytesPerCommit)
}

/** A commit without passages still takes a row. */
function weightOf(prepared: Prepared): number {
  return prepared.passages.length + prepared.details.length
}

/** Yields the items of a stream in groups that reach a weight; the last one may be lighter. */
async function* regroup<T>(
  source: AsyncIterable<readonly T[]>,
  weigh: (item: T) => number,
  enough: number,
): AsyncGenerator<T[]> {
  let group: T[] = []
  let weight = 0
  for await (const items of source) {
    for (const item of items) {
      group.push(item)
      weight += weigh(item)
      if (weight < enough) continue
      yield group
      group = []
      weight = 0
    }
  }
  if (group.length > 0) yield group
}

/** Yields results in order while up to `ahead` of them are being made. */
async function* mapAhead<T, R>(
  source: AsyncIterable<T>,
  ahead: number,
  act: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underway: Promise<R>[] = []
  try {
    for await (const item of source) {
      const result = act(item)
      result.catch(() => {})
      underway.push(result)
      if (underway.length >= ahead) yield await next()
    }
    while (underway.length > 0) yield await next()
  } finally {
    await Promise.allSettled(underway)
  }

  async function next(): Promise<R> {
    const first = underway.shift()
    if (first === undefined) throw new Error('nothing is under way')
    return first
  }
}
