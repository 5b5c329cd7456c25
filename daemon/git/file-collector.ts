import type { FilePatch, Hunk } from '../../contract/commit.ts'
import type { HunkScan } from './hunk-scanner.ts'
import type { RawRecord } from './raw-parser.ts'

/** What `@@` says of a hunk. */
export interface HunkHeading {
  readonly oldStart: number
  readonly oldLines: number
  readonly newStart: number
  readonly newLines: number
  readonly heading: string
}

/** Gathers the hunks of one file up to a limit; what lies beyond is counted only. */
export interface FileCollector {
  readonly record: RawRecord
  binary: boolean
  begin(heading: HunkHeading): void
  /** Keeps lines of the hunk, as far as the limit allows. */
  keep(bytes: Buffer, start: number, end: number): void
  /** Ends the hunk and adds what was counted in it. */
  end(scan: HunkScan): void
  finish(): { readonly patch: FilePatch; readonly bytes: number }
}

const newline = 10

/** Creates a collector for the file that the record tells of. */
export function createFileCollector(record: RawRecord, maxBytes: number): FileCollector {
  const hunks: Hunk[] = []
  let heading: HunkHeading | undefined
  let pieces: Buffer[] = []
  let left = maxBytes
  let truncated = false
  let additions = 0
  let deletions = 0

  return {
    record,
    binary: false,
    begin(next) {
      heading = next
    },
    keep(bytes, start, end) {
      if (start >= end) return
      const size = end - start
      if (size <= left) {
        pieces.push(bytes.subarray(start, end))
        left -= size
        return
      }
      const piece = wholeLines(bytes.subarray(start, start + left))
      if (left > 0 && piece.length > 0) pieces.push(piece)
      truncated = true
      left = 0
    },
    end(scan) {
      additions += scan.additions
      deletions += scan.deletions
      // Copied, because a slice would keep all of the chunk that it arrived in.
      if (heading !== undefined && pieces.length > 0) hunks.push({ ...heading, body: Buffer.concat(pieces) })
      heading = undefined
      pieces = []
    },
    finish() {
      const patch = { ...record.change, binary: this.binary, additions, deletions, hunks, truncated }
      return { patch, bytes: maxBytes - left }
    },
  }
}

/** Returns the lines that are whole, or all of it when there is not even one. */
function wholeLines(bytes: Buffer): Buffer {
  const last = bytes.lastIndexOf(newline)
  return last < 0 ? bytes : bytes.subarray(0, last + 1)
}
