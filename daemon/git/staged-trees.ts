import { join } from 'node:path'
import type { BlobReader } from './blob-reader.ts'
import { treeInIndex } from './index-tree.ts'
import type { LineChanges } from './line-changes.ts'
import { isOid } from './oid.ts'
import { type BlobPair, changesInPatch, pairOf } from './patch-changes.ts'
import { placeOf, type Repository } from './repository.ts'
import {
  type IndexPlace,
  readStagedFiles,
  readStagedPatch,
  sizesOf,
  stagedFilesIn,
  type StagedFile,
} from './staged-files.ts'
import { openTreeComparer, type TreeComparer } from './tree-comparer.ts'
import { readPlainFile, readPlainText } from './plain-file.ts'

/** Says what the next commit would change, without starting a process for each question. */
export interface StagedTrees {
  /** Returns the files; undefined where git has to be asked, because the index names no tree or HEAD none. */
  read(place: IndexPlace, signal: AbortSignal): Promise<StagedFile[] | undefined>
  /**
   * Compares what is staged with HEAD before anybody asks, and returns the files; none where they are no work of hands.
   *
   * Until somebody commits, the index names no tree and git has to be asked, which takes a process.
   */
  prepare(place: IndexPlace, signal: AbortSignal): Promise<StagedFile[]>
  /** How often it was read. */
  readings(): number
  /** Returns how blobs that were compared last differ from those before; undefined for what is not known. */
  changesOf(pairs: readonly BlobPair[]): Promise<readonly (LineChanges | undefined)[]>
  close(): void
}

/** As long as blobs can be asked for: who commits does so again before long. */
const idleMs = 5 * 60_000

/**
 * Opens what compares the tree of HEAD with the tree that git wrote into the index before it asked its hooks.
 *
 * That tree is what will be committed. No file of the worktree is read, and the index itself for its tree alone.
 */
export function openStagedTrees(repository: Repository, blobs: Pick<BlobReader, 'about'>): StagedTrees {
  const { objectFormat } = repository
  const comparing = holdComparers(repository)
  let compared = nothing
  let readings = 0

  /** Begun before somebody asks: git compares while those who listen are told. What is known already stays. */
  const compare = (files: readonly StagedFile[], patch: () => Promise<Buffer | undefined>): void => {
    const pairs = new Set(files.map(pairOf))
    if (pairs.isSubsetOf(compared.pairs)) return
    const told = isSmall(files) ? patch() : Promise.resolve(undefined)
    compared = { pairs, lines: linesIn(told, () => forget(pairs)) }
  }
  const forget = (lost: ReadonlySet<string>): void => {
    if (compared.pairs === lost) compared = nothing
  }
  const read: StagedTrees['read'] = async (place, signal) => {
    const [after, head] = await Promise.all([stagedTree(place, objectFormat), headOf(place, repository)])
    if (after === undefined || head === undefined) return undefined
    const [before] = await blobs.about([`${head}^{tree}`], signal)
    if (before?.type !== 'tree') return undefined
    const records = await comparing.current()?.files.compare(before.oid, after)
    signal.throwIfAborted()
    if (records === undefined) return undefined
    const files = await withSizes(stagedFilesIn(records), blobs, signal)
    if (files === undefined) return undefined
    compare(files, async () => comparing.current()?.lines.compare(before.oid, after))
    return files
  }

  return {
    async read(place, signal) {
      readings += 1
      return read(place, signal)
    },
    async prepare(place, signal) {
      const { git } = repository
      const files = (await read(place, signal)) ?? (git && (await readStagedFiles(git, place, signal))) ?? []
      if (git === undefined || !isSmall(files)) return []
      compare(files, () => readStagedPatch(git, place, mostPatchBytes, signal))
      await compared.lines
      return files
    },
    readings: () => readings,
    async changesOf(pairs) {
      const known = await compared.lines
      return pairs.map((pair) => known.get(pairOf(pair)))
    },
    close: comparing.close,
  }
}

/** Pairs of blobs that were compared, and what git told of them. */
interface Compared {
  readonly pairs: ReadonlySet<string>
  readonly lines: Promise<Lines>
}

type Lines = ReadonlyMap<string, LineChanges>

const nothing: Compared = { pairs: new Set(), lines: Promise.resolve(new Map()) }

/** What git cannot tell is found out by whoever wants to know. */
async function linesIn(patch: Promise<Buffer | undefined>, onNothing: () => void): Promise<Lines> {
  const told = await patch.catch(() => undefined)
  if (told !== undefined) return changesInPatch(told)
  onNothing()
  return new Map()
}

/** More is no work of hands; whoever wants to know reads blob after blob. */
const mostFiles = 500
const mostBytes = 8 * 2 ** 20
/** Whoever deletes hundreds of files of half a megabyte stages a patch of hundreds of megabytes. */
const mostPatchBytes = 16 * 2 ** 20

function isSmall(files: readonly StagedFile[]): boolean {
  return files.length <= mostFiles && files.reduce((sum, { size }) => sum + size, 0) <= mostBytes
}

/** Holds two `diff-tree` open: one says which files differ, the other in which lines. */
function holdComparers(repository: Repository) {
  const { git } = repository
  let held: Readonly<Record<'files' | 'lines', TreeComparer>> | undefined
  let idle: NodeJS.Timeout | undefined

  const close = () => {
    clearTimeout(idle)
    held?.files.close()
    held?.lines.close()
    held = undefined
  }
  return {
    current() {
      if (git === undefined) return undefined
      if (held?.files.isAlive() !== true || !held.lines.isAlive()) {
        close()
        const open = (what: 'files' | 'lines') =>
          openTreeComparer(git, what, mostPatchBytes, placeOf(repository))
        held = { files: open('files'), lines: open('lines') }
      }
      clearTimeout(idle)
      idle = setTimeout(close, idleMs).unref()
      return held
    },
    close,
  }
}

/**
 * Whoever compares a file may read what was there before as well, and git is asked once. Undefined where a blob is not
 * found: a process that is held open does not know of an alternate that is new.
 */
async function withSizes(
  files: readonly Omit<StagedFile, 'size'>[],
  blobs: Pick<BlobReader, 'about'>,
  signal: AbortSignal,
): Promise<StagedFile[] | undefined> {
  const earlier = files.flatMap(({ oldOid }) => oldOid ?? [])
  let isWhole = true
  const sized = await sizesOf(files, async (oids) => {
    const found = await blobs.about([...oids, ...earlier], signal)
    isWhole = found.slice(0, oids.length).every((about) => about !== undefined)
    return found
  })
  return isWhole ? sized : undefined
}

async function stagedTree(
  { indexFile }: IndexPlace,
  format: Repository['objectFormat'],
): Promise<string | undefined> {
  const index = await readPlainFile(indexFile).catch(() => undefined)
  return index && treeInIndex(index, format)
}

/** Returns what the repository calls the HEAD of a worktree; undefined where only the worktree itself can tell. */
async function headOf({ gitDir }: IndexPlace, repository: Repository): Promise<string | undefined> {
  if (gitDir === repository.gitDir) return 'HEAD'
  const text = await readPlainText(join(gitDir, 'HEAD')).catch(() => '')
  const head = text.trimEnd().replace(/^ref: /, '')
  // Where refs are kept in a table, HEAD names a branch that is none, and git finds no tree.
  return isOid(head) || /^refs\/heads\/[^\s^:~]+$/.test(head) ? head : undefined
}
