import { diffArrays, structuredPatch } from 'diff'
import type { FilePatch, Hunk, RawChange } from '../../contract/commit.ts'
import type { PatchIdentity } from './patch-id.ts'
import { kindOf } from './portable-tree.ts'

/** Returns the bytes of a blob. */
export type ReadBlob = (oid: string) => Promise<Buffer>

/** What a patch is made with. */
export interface PatchParts {
  readonly readBlob: ReadBlob
  readonly identity: PatchIdentity
  readonly maxHunkBytes: number
}

const noMode = '000000'
const gitlinkMode = '160000'
const bigFileBytes = 512 * 1024
const sniffedBytes = 8000
/** How long two texts are compared before they count as wholly different. */
const timeoutMs = 2000

/** Returns one file's patch as git would print it, without the headings of its hunks. */
export async function portablePatch(change: RawChange, parts: PatchParts): Promise<FilePatch> {
  parts.identity.file(change)
  const [old, fresh] = await Promise.all([
    contentOf(change.oldMode, change.oldOid, parts.readBlob),
    contentOf(change.newMode, change.newOid, parts.readBlob),
  ])
  if (isBinary(old) || isBinary(fresh)) {
    const isChanged = change.oldOid !== change.newOid
    if (isChanged) parts.identity.binary(change)
    return patchOf(change, [], 0, isChanged)
  }
  return patchOf(change, hunksOf(change, old, fresh), parts.maxHunkBytes, false, parts.identity)
}

/**
 * Returns what a merge changed in a file itself: the lines that no parent has, without the lines around them.
 *
 * Undefined when it has none, which is what a clean merge looks like.
 */
export async function portableMergePatch(
  change: RawChange,
  oldOids: readonly { readonly mode: string; readonly oid: string }[],
  { readBlob, maxHunkBytes }: PatchParts,
): Promise<FilePatch | undefined> {
  const fresh = await contentOf(change.newMode, change.newOid, readBlob)
  const olds = await Promise.all(oldOids.map(({ mode, oid }) => contentOf(mode, oid, readBlob)))
  if ([fresh, ...olds].some(isBinary)) return patchOf(change, [], 0, true)
  const lines = linesOf(fresh)
  const added = olds.map((old) => addedLines(linesOf(old), lines))
  const own = lines.map((_line, index) => added.every((set) => set.has(index)))
  const hunks: Hunk[] = []
  for (let start = own.indexOf(true); start >= 0;) {
    const after = own.indexOf(false, start)
    const end = after < 0 ? own.length : after
    hunks.push(
      hunkOf(
        0,
        0,
        start + 1,
        end - start,
        lines.slice(start, end).map((line) => `+${line}`),
      ),
    )
    start = own.indexOf(true, end)
  }
  return hunks.length === 0 ? undefined : patchOf(change, hunks, maxHunkBytes, false)
}

async function contentOf(mode: string, oid: string, readBlob: ReadBlob): Promise<Buffer> {
  if (mode === noMode) return Buffer.alloc(0)
  if (mode === gitlinkMode) return Buffer.from(`Subproject commit ${oid}\n`)
  return readBlob(oid)
}

function isBinary(bytes: Buffer): boolean {
  return bytes.length > bigFileBytes || bytes.subarray(0, sniffedBytes).includes(0)
}

function hunksOf(change: RawChange, old: Buffer, fresh: Buffer): Hunk[] {
  if (change.oldOid === change.newOid) return []
  if (change.status === 'type-changed' && kindOf(change.oldMode) !== kindOf(change.newMode)) {
    return [...hunksBetween(old, Buffer.alloc(0)), ...hunksBetween(Buffer.alloc(0), fresh)]
  }
  return hunksBetween(old, fresh)
}

/** Compares as latin1, in which every byte is a character, so that the bytes come out as they went in. */
function hunksBetween(old: Buffer, fresh: Buffer): Hunk[] {
  const [before, after] = [old.toString('latin1'), fresh.toString('latin1')]
  const options = { context: 3, timeout: timeoutMs }
  const patch = structuredPatch('', '', before, after, undefined, undefined, options)
  if (patch === undefined)
    return [...hunksBetween(old, Buffer.alloc(0)), ...hunksBetween(Buffer.alloc(0), fresh)]
  return patch.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) =>
    hunkOf(
      oldLines === 0 ? oldStart - 1 : oldStart,
      oldLines,
      newLines === 0 ? newStart - 1 : newStart,
      newLines,
      lines.map((line) => `${line}\n`),
    ),
  )
}

function hunkOf(
  oldStart: number,
  oldLines: number,
  newStart: number,
  newLines: number,
  lines: readonly string[],
): Hunk {
  const body = Buffer.from(lines.join(''), 'latin1')
  return { oldStart, oldLines, newStart, newLines, heading: '', body }
}

function patchOf(
  change: RawChange,
  hunks: readonly Hunk[],
  maxHunkBytes: number,
  binary: boolean,
  identity?: PatchIdentity,
): FilePatch {
  let left = maxHunkBytes
  let [additions, deletions] = [0, 0]
  const kept: Hunk[] = []
  for (const hunk of hunks) {
    identity?.lines(hunk.body, 0, hunk.body.length)
    for (const line of linesOf(hunk.body)) {
      if (line.startsWith('+')) additions++
      if (line.startsWith('-')) deletions++
    }
    const body = hunk.body.length <= left ? hunk.body : wholeLines(hunk.body.subarray(0, left))
    if (body.length > 0) kept.push({ ...hunk, body })
    left = body.length === hunk.body.length ? left - body.length : 0
  }
  const total = hunks.reduce((sum, { body }) => sum + body.length, 0)
  const truncated = kept.reduce((sum, { body }) => sum + body.length, 0) < total
  return { ...change, binary, additions, deletions, hunks: kept, truncated }
}

function wholeLines(bytes: Buffer): Buffer {
  const last = bytes.lastIndexOf(10)
  return last < 0 ? bytes : bytes.subarray(0, last + 1)
}

/** Returns the lines with their ends. */
function linesOf(bytes: Buffer): string[] {
  return bytes.toString('latin1').match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function addedLines(old: string[], fresh: string[]): Set<number> {
  const added = new Set<number>()
  let at = 0
  for (const { count, added: isNew, removed } of diffArrays(old, fresh)) {
    if (removed) continue
    for (let index = at; isNew && index < at + count; index++) added.add(index)
    at += count
  }
  return added
}
