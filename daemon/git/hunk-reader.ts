import type { FileCollector } from './file-collector.ts'
import { type HunkScan, isWhole, type OnMergeLine, scanHunk, scanMergeHunk } from './hunk-scanner.ts'
import type { PatchIdentity } from './patch-id.ts'
import { parseHunkHeading } from './patch-lines.ts'

/** Reads the hunks of one file after another. */
export interface HunkReader {
  /** Begins a hunk with its `@@` line. */
  begin(line: string, file: FileCollector | undefined): void
  /** Takes lines of the hunk and returns where they end; less than everything when the hunk is whole. */
  lines(bytes: Buffer, start: number): number
  /** Takes the `\ No newline` line that follows a hunk. */
  remark(bytes: Buffer, start: number, end: number): void
  /** Says whether the hunk has lines to come. */
  isInHunk(): boolean
  /** Ends the hunk that was begun, if there is one. */
  finish(): void
}

const prefixes = new Map([' ', '+', '-'].map((prefix) => [prefix.charCodeAt(0), Buffer.from(prefix)]))

/** Creates a reader that hands lines to the file that they are of, and to what identifies the patch. */
export function createHunkReader(identity: PatchIdentity): HunkReader {
  let file: FileCollector | undefined
  let scan: HunkScan | undefined

  const finish = () => {
    if (scan !== undefined) file?.end(scan)
    scan = undefined
  }

  const take = (bytes: Buffer, start: number, end: number) => {
    file?.keep(bytes, start, end)
    identity.lines(bytes, start, end)
  }

  return {
    finish,
    begin(line, next) {
      finish()
      const parsed = parseHunkHeading(line)
      scan = parsed.scan
      file = next
      file?.begin(parsed.heading)
    },
    lines(bytes, start) {
      if (scan === undefined) return start
      if (scan.columns > 1) return scanMergeHunk(bytes, start, scan, keepMergeLine(bytes, file))
      const end = scanHunk(bytes, start, scan)
      take(bytes, start, end)
      return end
    },
    remark: take,
    isInHunk: () => scan !== undefined && !isWhole(scan),
  }
}

/** Keeps a line of a merge with one prefix in place of its columns. */
function keepMergeLine(bytes: Buffer, file: FileCollector | undefined): OnMergeLine {
  return (prefix, start, end) => {
    const column = prefixes.get(prefix)
    if (column !== undefined) file?.keep(column, 0, 1)
    file?.keep(bytes, start, end)
  }
}
