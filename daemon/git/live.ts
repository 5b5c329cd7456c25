import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommitHeader, CommitPatch } from '../../contract/commit.ts'
import { limits } from '../../contract/limits.ts'
import { type DiffAnswer, type DiffKind, type DiffProcess, openDiffProcess } from './diff-process.ts'
import { readPathsOf } from './diff-once.ts'
import { headerFields, headerFormat } from './header-parser.ts'
import { isOid } from './oid.ts'
import { headerOf, patchArguments, patchOf, readHeaders, readPatches } from './history.ts'
import { placeOf, type Repository } from './repository.ts'
import { longestSilenceMs } from './silence.ts'

/** A commit with its hunks. */
export interface LiveCommit {
  readonly header: CommitHeader
  readonly patch: CommitPatch
}

/** Reads single commits without starting a process for each. */
export interface LiveReader {
  /** Returns the commits that can be read, in the order asked; those that cannot are left out. */
  read(oids: readonly string[], signal?: AbortSignal): Promise<LiveCommit[]>
  /** Returns a commit's hunks of these paths alone: by a process of its own, for commits that touch many others. */
  readPaths(oid: string, paths: readonly string[], signal?: AbortSignal): Promise<CommitPatch | undefined>
  close(): void
}

/** How long a process is held open for the next question. */
const idleMs = 60_000

const kind: DiffKind = {
  format: headerFormat,
  fields: headerFields,
  options: patchArguments,
  maxHunkBytes: limits.hunkBytesPerFile,
  silentMs: longestSilenceMs,
}

/**
 * Opens a reader that holds one `diff-tree` open, about a millisecond away from any commit.
 *
 * Questions do not wait for one another: git is never idle between two of them. The process is replaced when
 * the packs have changed, so that a gc can free what it deleted, and when it has met a broken object. It ends
 * by itself when nothing is asked for a minute.
 */
export function openLiveReader(repository: Repository): LiveReader {
  const { git } = repository
  if (git === undefined) return portableReader(repository)
  const open = () => openDiffProcess(git, kind, placeOf(repository))
  const held = holdProcess(repository, open)

  /** What git fails at harms the questions behind it: each of them is asked again by itself. */
  const readOne = async (oid: string, signal?: AbortSignal): Promise<LiveCommit[]> => {
    const process = await held.current()
    signal?.throwIfAborted()
    const first = await process.ask([oid])
    const { commits } = first.failure === undefined ? first : await askAlone(oid, open)
    const [commit] = commits
    return commit === undefined
      ? []
      : [{ header: await headerOf(repository, commit), patch: patchOf(commit) }]
  }

  return {
    read: async (oids, signal) =>
      (await Promise.all(oids.filter(isOid).map((oid) => readOne(oid, signal)))).flat(),
    readPaths: (oid, paths, signal) => readPathsOf(repository, oid, paths, signal),
    close: held.close,
  }
}

/** Keeps a process open while it is asked, and replaces it when it should not be asked any more. */
function holdProcess(
  repository: Repository,
  open: () => DiffProcess,
): { current(): Promise<DiffProcess>; close(): void } {
  let process: DiffProcess | undefined
  let packs = 0
  let idle: NodeJS.Timeout | undefined

  const retire = () => {
    process?.finish()
    process = undefined
  }

  return {
    async current() {
      const seen = await packsOf(repository)
      if (process?.isAlive() !== true || seen !== packs) {
        retire()
        process = open()
      }
      packs = seen
      clearTimeout(idle)
      idle = setTimeout(retire, idleMs).unref()
      return process
    },
    close() {
      clearTimeout(idle)
      process?.close()
      process = undefined
    },
  }
}

async function askAlone(oid: string, open: () => DiffProcess): Promise<DiffAnswer> {
  const process = open()
  try {
    return await process.ask([oid])
  } finally {
    process.close()
  }
}

/** Returns when the repository's packs last changed. */
async function packsOf({ commonDir }: Repository): Promise<number> {
  return stat(join(commonDir, 'objects', 'pack')).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
}

function portableReader(repository: Repository): LiveReader {
  const reader: LiveReader = {
    readPaths: async (oid, _paths, signal) => (await reader.read([oid], signal))[0]?.patch,
    async read(oids, signal) {
      const headers = new Map<string, CommitHeader>()
      for await (const batch of readHeaders(repository, { oids }, {}, signal)) {
        for (const header of batch) headers.set(header.oid, header)
      }
      const found: LiveCommit[] = []
      for await (const batch of readPatches(repository, oids, {}, signal)) {
        for (const patch of batch) {
          const header = headers.get(patch.oid)
          if (header !== undefined) found.push({ header, patch })
        }
      }
      return found
    },
    close() {},
  }
  return reader
}
