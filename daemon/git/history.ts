import type { CommitHeader, CommitPatch } from '../../contract/commit.ts'
import { limits } from '../../contract/limits.ts'
import type { ParsedCommit } from './commit-assembler.ts'
import { type CommitText, headerFields, headerFormat, parseHeader } from './header-parser.ts'
import { type LaneKinds, type Listed, oidOf, openLanes, type Skipped } from './lanes.ts'
import { inBatches, listEach, listRange, type Range } from './list.ts'
import { portableCommitPatch, portableCommits, portableEach, portableHeader } from './portable-history.ts'
import { mayBeRename } from './raw-parser.ts'
import { gitOf, placeOf, type Repository } from './repository.ts'
import { salvaging } from './salvage.ts'

/** Which commits to read: a range of history, or these and no others. */
export type Selection = Range | { readonly oids: Iterable<string> | AsyncIterable<string> }

/** How to read. */
export interface ReadOptions {
  /** Told of each commit that could not be read, because an object of it is missing or broken. */
  readonly onSkipped?: (skipped: Skipped) => void
}

/** How to read hunks. */
export interface PatchOptions extends ReadOptions {
  /** Bytes of one file's hunks that are kept. */
  readonly maxHunkBytes?: number
}

/** Streams the ids of the commits that can be reached from the tips and not from what is known, newest first. */
export async function* listCommits(
  repository: Repository,
  range: Range,
  signal?: AbortSignal,
): AsyncGenerator<string[]> {
  if (repository.git === undefined) {
    for await (const { oid } of portableCommits(repository, range, signal)) yield [oid]
    return
  }
  for await (const batch of listRange(repository, range, signal)) yield batch.map(({ oid }) => oid)
}

/**
 * Streams commits with the paths they touched, newest first or in the order asked.
 *
 * A commit of which a tree is lost comes without paths, a little late. A merge lists the paths that differ from all of its parents, which may be more than it changed itself:
 * whether a path was merged cleanly is known only from its patch.
 */
export async function* readHeaders(
  repository: Repository,
  selection: Selection,
  { onSkipped = ignore }: ReadOptions = {},
  signal?: AbortSignal,
): AsyncGenerator<CommitHeader[]> {
  const read = repository.git === undefined ? portableHeaders : gitHeaders
  yield* salvaging(repository, (onMissed) => read(repository, selection, onMissed, signal), onSkipped, signal)
}

async function* gitHeaders(
  repository: Repository,
  selection: Selection,
  onSkipped: (skipped: Skipped) => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<CommitHeader[]> {
  const listed =
    'oids' in selection
      ? listEach(repository, selection.oids, signal)
      : listRange(repository, selection, signal)
  const renames = repository.isPartial ? '-M100%' : '-M'
  const kind = { format: headerFormat, fields: headerFields, maxHunkBytes: 0 }
  const kinds: LaneKinds = {
    commits: { ...kind, options: [renames, `-l${renameLimit}`] },
    merges: { ...kind, options: ['-c', '--no-renames'] },
  }
  for await (const batch of readListed(repository, kinds, listed, 512, { onSkipped }, signal)) {
    yield await Promise.all(batch.map((commit) => headerOf(repository, commit)))
  }
}

/** Streams the hunks of commits in the order asked; a merge has only what no parent has. */
export async function* readPatches(
  repository: Repository,
  oids: Iterable<string> | AsyncIterable<string>,
  options: PatchOptions = {},
  signal?: AbortSignal,
): AsyncGenerator<CommitPatch[]> {
  if (repository.git === undefined) {
    const { maxHunkBytes = limits.hunkBytesPerFile, onSkipped = ignore } = options
    const read = (commit: CommitText) => portableCommitPatch(repository, commit, maxHunkBytes)
    yield* portableEach(repository, oids, read, onSkipped, signal)
    return
  }
  const listed = listEach(repository, oids, signal)
  for await (const batch of readListed(repository, patchKinds(options), listed, 64, options, signal)) {
    yield batch.map(patchOf)
  }
}

/** Returns the hunks of a commit that was read. */
export function patchOf(commit: ParsedCommit): CommitPatch {
  return { oid: oidOf(commit), files: commit.files, patchId: commit.patchId }
}

/** Returns a commit that was read with the paths it touched. */
export async function headerOf(repository: Repository, commit: ParsedCommit): Promise<CommitHeader> {
  const text = parseHeader(commit.fields)
  // Git prints no time where the commit's is negative or malformed, though it is there to be read.
  const isTimeless = commit.fields[authorTime]?.length === 0 || commit.fields[committerTime]?.length === 0
  const whole = isTimeless ? await repository.readCommit(text.oid) : text
  return {
    ...whole,
    changes: commit.records.filter((record) => !mayBeRename(record)).map(({ change }) => change),
  }
}

const authorTime = 5
const committerTime = 9

/** Chunks that are asked for before the first of them is handed on. */
const depth = 6

/** Paths that git compares each with each to find renames; above it, only equal contents are. */
const renameLimit = 1000

/** The same for a merge, where the paths of a whole branch are compared with every parent. */
const mergeRenameLimit = 100

/** How git is asked for hunks: renames detected, and of a merge only what no parent has. */
export const patchArguments = ['-p', '-U3', '-M', '--cc', `-l${renameLimit}`]

function patchKinds({ maxHunkBytes = limits.hunkBytesPerFile }: PatchOptions): LaneKinds {
  const kind = { format: '%x01%H', fields: 1, maxHunkBytes }
  return {
    commits: { ...kind, options: patchArguments },
    merges: { ...kind, options: ['-p', '-U3', '--cc', '--no-renames'] },
    again: { ...kind, options: [...patchArguments, `-l${mergeRenameLimit}`] },
  }
}

async function* readListed(
  repository: Repository,
  kinds: LaneKinds,
  listed: AsyncIterable<Listed[]>,
  size: number,
  { onSkipped = ignore }: ReadOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<ParsedCommit[]> {
  const lanes = openLanes(gitOf(repository, 'reading history'), kinds, placeOf(repository, signal))
  const underWay: Promise<ParsedCommit[]>[] = []
  try {
    for await (const batch of listed) {
      for await (const chunk of inBatches(batch, size)) {
        const reading = lanes.read(chunk, onSkipped)
        reading.catch(() => {})
        underWay.push(reading)
        if (underWay.length >= depth) yield (await underWay.shift()) ?? []
      }
    }
    for (const reading of underWay) yield await reading
  } finally {
    lanes.close()
  }
}

async function* portableHeaders(
  repository: Repository,
  selection: Selection,
  onSkipped: (skipped: Skipped) => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<CommitHeader[]> {
  const read = (commit: CommitText) => portableHeader(repository, commit)
  if ('oids' in selection) yield* portableEach(repository, selection.oids, read, onSkipped, signal)
  else
    yield* portableEach(
      repository,
      oidsOf(portableCommits(repository, selection, signal)),
      read,
      onSkipped,
      signal,
    )
}

async function* oidsOf(commits: AsyncIterable<CommitText>): AsyncGenerator<string> {
  for await (const { oid } of commits) yield oid
}

function ignore(): void {}
