import type { CommitHeader, CommitPatch } from '../../contract/commit.ts'
import { redactPatch } from './redact-patch.ts'

/** Reads single commits, as a held-open git does. */
export interface CommitReader {
  read(oids: readonly string[], signal: AbortSignal): Promise<{ header: CommitHeader; patch: CommitPatch }[]>
  /** Reads a commit's hunks of these paths alone. */
  readPaths(oid: string, paths: readonly string[], signal: AbortSignal): Promise<CommitPatch | undefined>
}

/** Reads back the hunks of remembered commits. */
export interface PatchReader {
  /** Returns a commit's hunks of these paths without their secrets; undefined when git does not have them any more. */
  patchOf(oid: string, paths: readonly string[], signal: AbortSignal): Promise<CommitPatch | undefined>
  /** Returns them as git has them, secrets included: to be compared, and never to be shown. */
  rawPatchOf(oid: string, paths: readonly string[], signal: AbortSignal): Promise<CommitPatch | undefined>
  /** Returns what git says of a commit, secrets included; undefined when git does not have it any more. */
  rawHeaderOf(oid: string, signal: AbortSignal): Promise<CommitHeader | undefined>
}

/** Patches kept, and headers, because the same few commits are asked about again. */
const most = 64
/** A commit of more paths takes longer to compare as a whole than a process takes to start for the few asked. */
const fewPaths = 64

/** Creates a reader that remembers what was read last. `pathCount` says how many paths a commit touches. */
export function createPatchReader(reader: CommitReader, pathCount: (oid: string) => number): PatchReader {
  const headers = new Map<string, CommitHeader>()

  async function readCommit(oid: string, signal: AbortSignal): Promise<CommitPatch | undefined> {
    const [commit] = await reader.read([oid], signal)
    if (commit !== undefined) keep(headers, oid, commit.header)
    return commit?.patch
  }

  async function read(
    oid: string,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<CommitPatch | undefined> {
    if (pathCount(oid) > fewPaths) return reader.readPaths(oid, paths, signal)
    return readCommit(oid, signal)
  }

  async function readRaw(
    oid: string,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<CommitPatch | undefined> {
    // What git has lost since is shown without its text.
    const patch = await read(oid, paths, signal).catch(() => undefined)
    return patch && { ...patch, files: patch.files.filter(({ path }) => paths.includes(path)) }
  }

  async function readClean(
    oid: string,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<CommitPatch | undefined> {
    const patch = await readRaw(oid, paths, signal)
    return patch && redactPatch(patch)
  }

  return {
    patchOf: keeping(readClean),
    rawPatchOf: keeping(readRaw),
    async rawHeaderOf(oid, signal) {
      if (!headers.has(oid)) await readCommit(oid, signal).catch(() => undefined)
      return headers.get(oid)
    },
  }
}

/** Returns the same reader, which remembers what it read last. */
function keeping(read: PatchReader['patchOf']): PatchReader['patchOf'] {
  const kept = new Map<string, CommitPatch>()
  return async (oid, paths, signal) => {
    const key = [oid, ...paths].join('\0')
    const patch = kept.get(key) ?? (await read(oid, paths, signal))
    signal.throwIfAborted()
    if (patch !== undefined) keep(kept, key, patch)
    return patch
  }
}

/** Keeps a value as the newest, and forgets the oldest of too many. */
function keep<T>(kept: Map<string, T>, key: string, value: T): void {
  kept.delete(key)
  kept.set(key, value)
  const oldest = kept.keys().next()
  if (kept.size > most && oldest.done !== true) kept.delete(oldest.value)
}
