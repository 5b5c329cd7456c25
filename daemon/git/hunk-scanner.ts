/**
 * Walks over the lines of hunks. The counts of `@@` say where a hunk ends, so that nothing in a line can be
 * taken for structure, whatever it begins with; and a line may be longer than any chunk that it arrives in.
 */

/** What of a hunk is still to come, and what has been counted so far. */
export interface HunkScan {
  /** How many columns a line's prefix has: one, or one for each parent of a merge. */
  readonly columns: number
  /** Lines of the old and of the new side still to come. */
  old: number
  fresh: number
  /** Whether the last chunk ended inside a line, whose prefix has been counted. */
  inLine: boolean
  /** Whether the end of a merge's hunk has been seen. */
  isOver: boolean
  additions: number
  deletions: number
}

/** Takes one line or part of a line of a merge, with the one prefix that its columns come to. */
export type OnMergeLine = (prefix: number, start: number, end: number) => void

const newline = 10
const space = 32
const plus = 43
const minus = 45
const backslash = 92

/** Says whether the hunk has been read to its last line. */
export function isWhole(scan: HunkScan): boolean {
  if (scan.columns > 1) return scan.isOver
  return !scan.inLine && scan.fresh <= 0 && scan.old <= 0
}

/** Returns where the hunk, or the chunk, ends. */
export function scanHunk(bytes: Buffer, start: number, scan: HunkScan): number {
  const end = bytes.length
  let at = start
  let { old, fresh, additions, deletions, inLine } = scan
  while (at < end && (inLine || old > 0 || fresh > 0)) {
    if (!inLine) {
      const prefix = bytes[at]
      if (prefix === plus) {
        fresh--
        additions++
      } else if (prefix === minus) {
        old--
        deletions++
      } else if (prefix !== backslash) {
        fresh--
        old--
      }
    }
    const stop = Math.min(end, at + 96)
    while (at < stop && bytes[at] !== newline) at++
    if (at < end && bytes[at] !== newline) at = lineEnd(bytes, at)
    inLine = at >= end
    if (!inLine) at++
  }
  scan.old = old
  scan.fresh = fresh
  scan.additions = additions
  scan.deletions = deletions
  scan.inLine = inLine
  return at
}

/**
 * Returns where a merge's hunk, or what can be read of it, ends; the prefix of a line is never split.
 *
 * The counts of `@@@` are of no use: git leaves out lines that it has counted for a parent. But each line
 * begins with a blank, a plus or a minus, and what follows a hunk never does.
 */
export function scanMergeHunk(bytes: Buffer, start: number, scan: HunkScan, onLine: OnMergeLine): number {
  let at = start
  while (at < bytes.length) {
    let prefix = 0
    if (!scan.inLine) {
      const first = bytes[at]
      scan.isOver = first !== space && first !== plus && first !== minus
      if (scan.isOver || at + scan.columns > bytes.length) return at
      prefix = countMergeLine(bytes.subarray(at, at + scan.columns), scan)
      at += scan.columns
    }
    const stop = lineEnd(bytes, at)
    scan.inLine = stop >= bytes.length
    const end = scan.inLine ? stop : stop + 1
    onLine(prefix, at, end)
    at = end
  }
  return at
}

/**
 * Counts a line of a merge, and returns the one prefix that says what the merge did.
 *
 * `+` in every column is a line that no parent has. A line with `-` is one that a parent had and the merge
 * dropped. A `+` in some columns only is a line taken over from another parent: for the merge, context.
 */
function countMergeLine(columns: Buffer, scan: HunkScan): number {
  if (columns.includes(minus)) {
    scan.deletions++
    return minus
  }
  if (columns.includes(space)) return space
  scan.additions++
  return plus
}

function lineEnd(bytes: Buffer, at: number): number {
  const end = bytes.indexOf(newline, at)
  return end < 0 ? bytes.length : end
}
