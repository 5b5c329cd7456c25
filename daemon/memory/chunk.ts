import type { CommitPatch, FilePatch, Hunk } from '../../contract/commit.ts'
import { limits } from '../../contract/limits.ts'

/** A piece of a commit's changes before it is digested: where it stands, and its lines with git's prefixes. */
export interface Piece {
  readonly oid: string
  readonly path: string
  readonly startLine: number
  readonly endLine: number
  readonly lines: readonly Buffer[]
}

/** Bytes of hunk text in one passage: about 500 model tokens of changed lines with their context. */
const pieceBytes = 3 * 1024

/**
 * Cuts a commit's hunks into passages: a file's hunks stay together until they are too long, and a hunk that
 * is too long itself is cut at a line. What lies beyond the limit of a commit is left out.
 */
export function piecesOf(patch: CommitPatch, isExcluded: (path: string) => boolean): Piece[] {
  const pieces: Piece[] = []
  for (const file of patch.files) {
    if (file.binary || file.hunks.length === 0 || isExcluded(file.path)) continue
    for (const spans of groupsOf(file)) {
      if (pieces.length === limits.passagesPerEpisode) return pieces
      const first = spans[0]
      const last = spans.at(-1)
      if (first === undefined || last === undefined) continue
      pieces.push({
        oid: patch.oid,
        path: file.path,
        startLine: first.start,
        endLine: Math.max(first.start, last.start + Math.max(0, last.count - 1)),
        lines: spans.map((span) => span.body),
      })
    }
  }
  return pieces
}

/** Lines of a hunk that stand together. */
interface Span {
  readonly start: number
  readonly count: number
  readonly body: Buffer
}

function groupsOf(file: FilePatch): Span[][] {
  const groups: Span[][] = []
  let bytes = pieceBytes
  for (const span of file.hunks.flatMap((hunk) => spansOf(hunk, file.status === 'deleted'))) {
    const group = groups.at(-1)
    if (group !== undefined && bytes + span.body.length <= pieceBytes) {
      group.push(span)
      bytes += span.body.length
    } else {
      groups.push([span])
      bytes = span.body.length
    }
  }
  return groups
}

function spansOf(hunk: Hunk, isDeletion: boolean): Span[] {
  const start = isDeletion ? hunk.oldStart : hunk.newStart
  if (hunk.body.length <= pieceBytes)
    return [{ start, count: isDeletion ? hunk.oldLines : hunk.newLines, body: hunk.body }]
  const side = isDeletion ? minus : plus
  const spans: Span[] = []
  let line = start
  for (let from = 0; from < hunk.body.length;) {
    const to = cutAfter(hunk.body, from)
    const body = hunk.body.subarray(from, to)
    const begun = linesBegunIn(hunk.body, from, to, side)
    // The rest of a line that was cut has the number of that line, and what was taken out that of the line before.
    const goesOn = isOn(side, hunk.body[lineStartAt(hunk.body, from)]) && lineStartAt(hunk.body, from) < from
    const count = begun + (goesOn ? 1 : 0)
    spans.push({ start: goesOn || count === 0 ? Math.max(0, line - 1) : line, count, body })
    line += begun
    from = to
  }
  return spans
}

/** Returns where the piece that begins here ends: after its last whole line, or anywhere in a line of that length. */
function cutAfter(body: Buffer, from: number): number {
  const limit = from + pieceBytes
  if (limit >= body.length) return body.length
  const newline = body.lastIndexOf(lineEnd, limit)
  return newline > from ? newline + 1 : limit
}

const plus = 0x2b
const minus = 0x2d
const space = 0x20
const lineEnd = 0x0a

/** Says whether a line with this prefix stands on the side that is shown. */
function isOn(side: number, prefix: number | undefined): boolean {
  return prefix === side || prefix === space
}

function lineStartAt(body: Buffer, at: number): number {
  return at === 0 ? 0 : body.lastIndexOf(lineEnd, at - 1) + 1
}

/** Counts the lines that stand on one side of the change and begin here. */
function linesBegunIn(body: Buffer, from: number, to: number, side: number): number {
  let count = 0
  for (let at = from; at < to;) {
    if (lineStartAt(body, at) === at && isOn(side, body[at])) count += 1
    const newline = body.indexOf(lineEnd, at)
    if (newline === -1) break
    at = newline + 1
  }
  return count
}
