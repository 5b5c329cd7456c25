/**
 * Reads history where there is no git, with isomorphic-git for the objects and everything else done here:
 * its own `log` repeats commits, and its `walk` takes minutes where this takes seconds.
 *
 * What it finds differs from git in two ways: renames are found only when nothing else changed, and of a
 * merge only added lines are told.
 */
import type { CommitHeader, CommitPatch, FilePatch, RawChange } from '../../contract/commit.ts'
import type { CommitText } from './header-parser.ts'
import type { Skipped } from './lanes.ts'
import { createPatchIdentity } from './patch-id.ts'
import { createPortableObjects } from './portable-objects.ts'
import { portableMergePatch, portablePatch, type PatchParts } from './portable-patch.ts'
import { diffTrees, withExactRenames } from './portable-tree.ts'
import type { Range } from './list.ts'
import type { Repository } from './repository.ts'

const noSide = { mode: '000000', oid: '0'.repeat(40) }

/** Streams the commits of a range, newest first, each once. */
export async function* portableCommits(
  repository: Repository,
  { tips, known = [] }: Range,
  signal?: AbortSignal,
): AsyncGenerator<CommitText> {
  const seen = new Set<string>()
  for await (const { oid } of walk(repository, known, new Set(), signal)) seen.add(oid)
  yield* walk(repository, tips, seen, signal)
}

/** Returns a commit with the paths it touched; a merge lists those that differ from all parents. */
export async function portableHeader(repository: Repository, commit: CommitText): Promise<CommitHeader> {
  const { changes } = await changesOf(repository, commit)
  return { ...commit, changes }
}

/** Returns a commit's hunks. */
export async function portableCommitPatch(
  repository: Repository,
  commit: CommitText,
  maxHunkBytes: number,
): Promise<CommitPatch> {
  const objects = objectsOf(repository)
  const identity = createPatchIdentity()
  const readBlob = (oid: string) => objects.read(oid).then(({ bytes }) => bytes)
  const parts: PatchParts = { readBlob, identity, maxHunkBytes }
  const { changes, sides } = await changesOf(repository, commit)
  const files: FilePatch[] = []
  for (const change of changes) {
    const olds = sides.get(change.path)
    const patch =
      olds === undefined ? await portablePatch(change, parts) : await portableMergePatch(change, olds, parts)
    if (patch !== undefined) files.push(patch)
  }
  const patchId = identity.finish()
  return { oid: commit.oid, files, patchId: sides.size > 0 ? undefined : patchId }
}

/** Returns every path of a commit. */
export async function portableFiles(repository: Repository, oid: string): Promise<ReadonlySet<string>> {
  const objects = objectsOf(repository)
  const readTree = (tree: string) => objects.read(tree).then(({ bytes }) => bytes)
  const entries = await diffTrees(undefined, (await repository.readCommit(oid)).tree, readTree)
  return new Set(entries.map(({ path }) => path))
}

/** Reads something of each commit; those that cannot be read are told of. */
export async function* portableEach<T>(
  repository: Repository,
  oids: Iterable<string> | AsyncIterable<string>,
  read: (commit: CommitText) => Promise<T>,
  onSkipped: (skipped: Skipped) => void,
  signal?: AbortSignal,
): AsyncGenerator<T[]> {
  for await (const oid of oids) {
    signal?.throwIfAborted()
    try {
      yield [await read(await repository.readCommit(oid))]
    } catch (error) {
      onSkipped({ oid, reason: error instanceof Error ? error.message : String(error) })
    }
  }
}

type Side = { readonly mode: string; readonly oid: string }

/** Returns what a commit changed and, of a merge, what each path was in every parent. */
async function changesOf(
  repository: Repository,
  { tree, parents }: CommitText,
): Promise<{ changes: RawChange[]; sides: Map<string, Side[]> }> {
  const objects = objectsOf(repository)
  const readTree = (oid: string) => objects.read(oid).then(({ bytes }) => bytes)
  const trees = await Promise.all(parents.map(async (parent) => (await repository.readCommit(parent)).tree))
  const [first = [], ...others] = await Promise.all(
    (trees.length === 0 ? [undefined] : trees).map((old) => diffTrees(old, tree, readTree)),
  )
  if (others.length === 0) return { changes: withExactRenames(first), sides: new Map() }

  const sides = new Map(first.map((change) => [change.path, [sideOf(change)]]))
  for (const changes of others) for (const change of changes) sides.get(change.path)?.push(sideOf(change))
  const changes = first.filter(({ path }) => {
    const olds = sides.get(path) ?? []
    const isEverywhere = olds.length === parents.length
    return isEverywhere && olds.every(({ mode }) => mode !== noSide.mode)
  })
  return { changes: changes.map(asMergeChange), sides }
}

function sideOf({ oldMode, oldOid }: RawChange): Side {
  return { mode: oldMode, oid: oldOid }
}

function asMergeChange(change: RawChange): RawChange {
  return change.status === 'deleted' ? change : { ...change, status: 'modified' }
}

/** Walks from the newest commit to the oldest, never twice over one. */
async function* walk(
  repository: Repository,
  tips: readonly string[],
  seen: Set<string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<CommitText> {
  const waiting: CommitText[] = []
  const add = async (oid: string) => {
    if (seen.has(oid)) return
    seen.add(oid)
    const commit = await repository.readCommit(oid)
    const at = waiting.findLastIndex(({ committer }) => committer.time >= commit.committer.time)
    waiting.splice(at < 0 ? 0 : at + 1, 0, commit)
  }
  for (const tip of tips) await add(tip)
  while (waiting.length > 0) {
    signal?.throwIfAborted()
    const commit = waiting.shift()
    if (commit === undefined) return
    yield commit
    for (const parent of commit.parents) await add(parent)
  }
}

const opened = new WeakMap<Repository, ReturnType<typeof createPortableObjects>>()

function objectsOf(repository: Repository) {
  const known = opened.get(repository) ?? createPortableObjects(repository.gitDir)
  opened.set(repository, known)
  return known
}
