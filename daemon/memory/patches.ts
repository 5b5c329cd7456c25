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
}

/** Patches kept, because the same few commits are asked about again. */
const keptPatches = 64
/** A commit of more paths takes longer to compare as a whole than a process takes to start for the few asked. */
const fewPaths = 64

/** Creates a reader that remembers what was read last. `pathCount` says how many paths a commit touches. */
export function createPatchReader(reader: CommitReader, pathCount: (oid: string) => number): PatchReader {
  async function read(
    oid: string,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<CommitPatch | undefined> {
    if (pathCount(oid) > fewPaths) return reader.readPaths(oid, paths, signal)
    const [commit] = await reader.read([oid], signal)
    return commit?.patch
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
  }
}

/** Returns the same reader, which remembers what it read last. */
function keeping(read: PatchReader['patchOf']): PatchReader['patchOf'] {
  const kept = new Map<string, CommitPatch>()
  return async (oid, paths, signal) => {
    const key = [oid, ...paths].join('\0')
    const known = kept.get(key)
    kept.delete(key)
    const patch = known ?? (await read(oid, paths, signal))
    signal.throwIfAborted()
    if (patch === undefined) return undefined
    kept.set(key, patch)
    const oldest = kept.keys().next()
    if (kept.size > keptPatches && oldest.done !== true) kept.delete(oldest.value)
    return patch
  }
}
