import { join } from 'node:path'
import type { BlobReader } from './blob-reader.ts'
import { treeInIndex } from './index-tree.ts'
import type { LineChanges } from './line-changes.ts'
import { isOid } from './oid.ts'
import { type BlobPair, changesInPatch, pairOf } from './patch-changes.ts'
import { placeOf, type Repository } from './repository.ts'
import { type IndexPlace, sizesOf, stagedFilesIn, type StagedFile } from './staged-files.ts'
import { openTreeComparer, type TreeComparer } from './tree-comparer.ts'
import { readPlainFile, readPlainText } from './plain-file.ts'

/** Says what the next commit would change, without starting a process for each question. */
export interface StagedTrees {
  /** Returns the files; undefined where git has to be asked, because the index names no tree or HEAD none. */
  read(place: IndexPlace, signal: AbortSignal): Promise<StagedFile[] | undefined>
  /** Returns how blobs that were staged at the last reading differ from those before; undefined for what is not known. */
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
  let changes: Promise<ReadonlyMap<string, LineChanges>> = Promise.resolve(new Map())

  const read: StagedTrees['read'] = async (place, signal) => {
    const [after, head] = await Promise.all([stagedTree(place, objectFormat), headOf(place, repository)])
    if (after === undefined || head === undefined) return undefined
    const [before] = await blobs.about([`${head}^{tree}`], signal)
    if (before?.type !== 'tree') return undefined
    const records = await comparing.current()?.files.compare(before.oid, after)
    signal.throwIfAborted()
    if (records === undefined) return undefined
    const files = await withSizes(stagedFilesIn(records), blobs, signal)
    // Begun now, so that it is there when somebody asks: git compares while those who listen are told.
    changes = isSmall(files) ? changesBetween(before.oid, after) : Promise.resolve(new Map())
    return files
  }
  const changesBetween = async (before: string, after: string): Promise<ReadonlyMap<string, LineChanges>> => {
    const patch = await comparing.current()?.lines.compare(before, after)
    return patch === undefined ? new Map() : changesInPatch(patch)
  }

  return {
    read,
    async changesOf(pairs) {
      const known = await changes
      return pairs.map((pair) => known.get(pairOf(pair)))
    },
    close: comparing.close,
  }
}

/** More is no work of hands; whoever wants to know reads blob after blob. */
const mostFiles = 500
const mostBytes = 8 * 2 ** 20

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
        const open = (what: 'files' | 'lines') => openTreeComparer(git, what, placeOf(repository))
        held = { files: open('files'), lines: open('lines') }
      }
      clearTimeout(idle)
      idle = setTimeout(close, idleMs).unref()
      return held
    },
    close,
  }
}

/** Whoever compares a file may read what was there before as well, and git is asked once. */
function withSizes(
  files: readonly Omit<StagedFile, 'size'>[],
  blobs: Pick<BlobReader, 'about'>,
  signal: AbortSignal,
): Promise<StagedFile[]> {
  const earlier = files.flatMap(({ oldOid }) => oldOid ?? [])
  return sizesOf(files, (oids) => blobs.about([...oids, ...earlier], signal))
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
