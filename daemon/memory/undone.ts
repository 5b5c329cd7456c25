import type { CommitPatch } from '../../contract/commit.ts'
import type { UndoneFix } from '../../contract/undone.ts'
import { compareLines, type LineChanges } from '../git/line-changes.ts'
import { isoTime } from './episode.ts'
import { closedBy, isOfCode } from './fix.ts'
import { lineKey, removedLines, type SaidChange, saidOf, standingOnce } from './removed-lines.ts'
import type { Memory } from './memory.ts'

/** A file of a change, by the blobs before and after; one that is new may still take in what goes elsewhere. */
export interface ChangedFile {
  readonly path: string
  readonly oldPath?: string
  readonly oid: string
  readonly oldOid?: string
}

/** Reads blobs; undefined stands for what cannot be had or is too large. */
export type ReadBlobs = (
  oids: readonly string[],
  maxBytes: number,
  signal: AbortSignal,
) => Promise<readonly (Buffer | undefined)[]>

/** What is known of a change, and how the rest is found out. */
export interface ChangeReader {
  readonly readBlobs: ReadBlobs
  /** Returns how blobs differ from those before; undefined for what has to be found out by reading them. */
  readonly changesOf: (files: readonly ChangedFile[]) => Promise<readonly (LineChanges | undefined)[]>
}

/** Larger files are seldom written by hand. */
const mostBytes = 512 * 1024
/** Fixes looked at in one file, and in all, newest first: each is read from git, about a millisecond. */
const fixesPerFile = 6
const mostFixes = 32
/** A fix of more files is not about any one of them. */
const mostPaths = 20

/**
 * Returns the fixes whose lines a change takes away, the most of a fix first.
 *
 * A line counts when it can be told from any other of its file, and when it neither moves nor is only edited. Of a
 * fix, only the lines count that were still there: what became of the others was somebody else’s doing.
 */
export async function undone(
  files: readonly ChangedFile[],
  memory: Memory,
  reader: ChangeReader,
  signal: AbortSignal,
): Promise<UndoneFix[]> {
  const suspects = files
    .filter(({ oldOid }) => oldOid !== undefined)
    .map((file) => ({ file, fixes: fixesOf(file.oldPath ?? file.path, memory) }))
    .filter(({ fixes }) => fixes.length > 0)
  if (suspects.length === 0) return []
  const changes = await changesIn(files, reader, signal)
  const kept = new Set([...changes.values()].flatMap(({ fresh }) => [...fresh]))
  const newest = suspects
    .flatMap(({ file, fixes }) => fixes.map((fix) => ({ file, fix })))
    .toSorted((one, other) => memory.graph.committerTime(other.fix) - memory.graph.committerTime(one.fix))
  const asked = losing(newest, (file) => removedFrom(changes.get(file), kept))
  const found = (await Promise.all(asked.map((one) => compare(one, memory, reader, signal)))).filter(isSome)
  return describe(found, memory, signal)
}

interface Suspicion {
  readonly file: ChangedFile
  /** The ordinal of a fix that touched the file. */
  readonly fix: number
  /** Lines that go, by what they say; each with its number. */
  readonly removed: ReadonlyMap<string, number>
}

/** Returns the newest fixes of files that lose something; what a file loses is found out when its turn comes. */
function losing(
  inOrder: readonly Omit<Suspicion, 'removed'>[],
  removedOf: (file: ChangedFile) => Suspicion['removed'],
): Suspicion[] {
  const known = new Map<ChangedFile, Suspicion['removed']>()
  const asked: Suspicion[] = []
  for (const { file, fix } of inOrder) {
    if (asked.length === mostFixes) break
    const removed = known.get(file) ?? removedOf(file)
    known.set(file, removed)
    if (removed.size > 0) asked.push({ file, fix, removed })
  }
  return asked
}

function removedFrom(change: SaidChange | undefined, kept: ReadonlySet<string>): Suspicion['removed'] {
  return change === undefined ? new Map() : removedLines(change, kept)
}

interface Found {
  readonly path: string
  readonly fix: number
  readonly lines: number[]
  readonly had: number
}

/** Returns the commits, newest first, that say they mended something in a file. */
function fixesOf(path: string, { graph }: Memory): number[] {
  const fixes = graph
    .touching(path)
    .filter((fix) => graph.kind(fix) === 'fix' && graph.pathCount(fix) <= mostPaths)
    .toSorted((one, other) => graph.committerTime(other) - graph.committerTime(one))
  // What a subject says takes longest to find out, so the few that are looked at are asked alone.
  const ofCode = fixes.values().filter((fix) => isOfCode(graph.subject(fix)))
  return ofCode.take(fixesPerFile).toArray()
}

async function changesIn(
  files: readonly ChangedFile[],
  { readBlobs, changesOf }: ChangeReader,
  signal: AbortSignal,
): Promise<ReadonlyMap<ChangedFile, SaidChange>> {
  const known = await changesOf(files)
  const texts = await readTexts(
    files.filter((_, at) => known[at] === undefined),
    readBlobs,
    signal,
  )
  return new Map(
    files.flatMap((file, at) => {
      const change = known[at] ?? changeOf(file, texts)
      return change === undefined ? [] : [[file, saidOf(change)]]
    }),
  )
}

async function readTexts(
  files: readonly ChangedFile[],
  readBlobs: ReadBlobs,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Buffer>> {
  const oids = [
    ...new Set(files.flatMap(({ oid, oldOid }) => (oldOid === undefined ? [oid] : [oid, oldOid]))),
  ]
  const blobs = oids.length === 0 ? [] : await readBlobs(oids, mostBytes, signal)
  return new Map(
    oids.flatMap((oid, index) => {
      const blob = blobs[index]
      return blob === undefined || blob.subarray(0, 8000).includes(0) ? [] : [[oid, blob]]
    }),
  )
}

/** A file that was not there before is fresh as a whole. */
function changeOf({ oid, oldOid }: ChangedFile, texts: ReadonlyMap<string, Buffer>): LineChanges | undefined {
  const after = texts.get(oid)
  const before = oldOid === undefined ? Buffer.alloc(0) : texts.get(oldOid)
  return after === undefined || before === undefined ? undefined : compareLines(before, after)
}

async function compare(
  { file, fix, removed }: Suspicion,
  { graph, patches }: Memory,
  { readBlobs }: ChangeReader,
  signal: AbortSignal,
): Promise<Found | undefined> {
  const path = file.oldPath ?? file.path
  const patch = await patches.rawPatchOf(graph.oid(fix), [path], signal)
  const added = patch === undefined ? new Set<string>() : addedLines(patch, path)
  if (file.oldOid === undefined || !added.values().some((key) => removed.has(key))) return undefined
  const [before] = await readBlobs([file.oldOid], mostBytes, signal)
  const had = before === undefined ? [] : standingOnce(added, before.toString('utf8'))
  const lines = had.flatMap((key) => removed.get(key) ?? []).toSorted((one, other) => one - other)
  return lines.length === 0 ? undefined : { path: file.path, fix, lines, had: had.length }
}

function addedLines({ files }: CommitPatch, path: string): Set<string> {
  const added = new Set<string>()
  const gone = new Set<string>()
  for (const { hunks } of files.filter((file) => file.path === path)) {
    for (const line of hunks.flatMap(({ body }) => body.toString('utf8').split('\n'))) {
      if (line.startsWith('+')) added.add(lineKey(line.slice(1)))
      else if (line.startsWith('-')) gone.add(lineKey(line.slice(1)))
    }
  }
  // What a fix only moved was there before it.
  return added.difference(gone)
}

async function describe(found: readonly Found[], memory: Memory, signal: AbortSignal): Promise<UndoneFix[]> {
  const told = await Promise.all(
    found.map(async ({ fix, ...rest }) => {
      const story = await storyOf(fix, memory, signal)
      return story && { ...rest, ...story }
    }),
  )
  return told
    .filter(isSome)
    .toSorted((one, other) => other.lines.length / other.had - one.lines.length / one.had)
}

type Story = Omit<UndoneFix, 'path' | 'lines' | 'had'>

/** To ask the store for a few messages takes longer than all the rest; git has just told them. */
async function storyOf(
  fix: number,
  { graph, patches, store }: Memory,
  signal: AbortSignal,
): Promise<Story | undefined> {
  const oid = graph.oid(fix)
  const header = await patches.rawHeaderOf(oid, signal)
  if (header === undefined) return undefined
  let closed = closedBy(header.message)
  if (closed.some(mayHoldSecret)) closed = closedBy((await store.episodes([oid]))[0]?.message ?? '')
  return { oid, subject: graph.subject(fix), time: isoTime(header.committer), closed }
}

/** Numbers and ids tell nothing; what the store keeps of names and addresses has no secrets. */
function mayHoldSecret(closed: string): boolean {
  return !/^(?:#|GH-)\d+$|^[0-9a-f]{12,40}$/i.test(closed)
}

function isSome<T>(value: T | undefined): value is T {
  return value !== undefined
}
