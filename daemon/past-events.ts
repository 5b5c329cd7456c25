import type { CommitHeader, RawChange } from '../contract/commit.ts'
import type { HookName } from '../contract/hooks.ts'
import { readHeaders } from './git/history.ts'
import { blobSizes } from './git/blob-sizes.ts'
import type { Repository } from './git/repository.ts'

/** An event that a hook would have had when a commit was made. */
interface PastEvent {
  readonly oid: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly data: unknown
  readonly wasReverted: boolean
}

/**
 * Streams what a hook would have been given for the last commits of HEAD, newest first; merges are left out.
 *
 * What took a commit back is newer than the commit, so it is known by the time the commit comes.
 */
export async function* pastEvents(
  { id, repository }: { readonly id: string; readonly repository: Repository },
  hook: HookName,
  count: number,
  signal: AbortSignal,
): AsyncGenerator<PastEvent> {
  const { oid: head } = await repository.head(signal)
  if (head === undefined || !['pre-commit', 'commit-msg'].includes(hook)) return
  const reverted = new Set<string>()
  let left = count
  for await (const batch of readHeaders(repository, { tips: [head] }, {}, signal)) {
    const wanted = batch.filter(({ parents }) => parents.length < 2).slice(0, left)
    const oids = wanted.flatMap(({ changes }) => changes.filter(isBlob).map(({ newOid }) => newOid))
    const sizes = await blobSizes(repository, oids, signal)
    for (const commit of batch) {
      for (const [, oid] of commit.message.matchAll(/This reverts commit ([0-9a-f]{40,64})/g))
        reverted.add(oid ?? '')
      if (!wanted.includes(commit)) continue
      left -= 1
      yield {
        oid: commit.oid,
        time: commit.committer.time * 1000,
        data: dataOf(commit, hook, { repository: id, root: repository.root }, sizes),
        wasReverted: reverted.has(commit.oid),
      }
    }
    if (left <= 0) return
  }
}

function dataOf(
  { author, message, changes }: CommitHeader,
  hook: HookName,
  place: { readonly repository: string; readonly root: string },
  sizes: ReadonlyMap<string, number>,
): unknown {
  const files = changes
    .filter(({ status }) => status !== 'unmerged')
    .map(({ path, oldPath, status, newMode, newOid, oldOid }) => ({
      path,
      ...(/^0+$/.test(oldOid) ? {} : { oldOid }),
      ...(oldPath === undefined ? {} : { oldPath }),
      status,
      mode: newMode,
      oid: newOid,
      size: sizes.get(newOid) ?? 0,
    }))
  const about = { ...place, author: `${author.name} <${author.email}>`, files }
  return hook === 'commit-msg' ? { ...about, message } : about
}

function isBlob({ status, newMode }: RawChange): boolean {
  return status !== 'deleted' && newMode !== '160000'
}
