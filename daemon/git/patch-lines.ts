import type { HunkHeading } from './file-collector.ts'
import type { HunkScan } from './hunk-scanner.ts'

const quote = 34
const backslash = 92
const escaped = new Map(Array.from('abtnvfr', (letter, index) => [7 + index, letter]))

/** Returns the heading of a hunk and what is to be scanned of it, from its `@@` line without the newline. */
export function parseHunkHeading(line: string): { readonly heading: HunkHeading; readonly scan: HunkScan } {
  const ats = /^@+/.exec(line)?.[0].length ?? 2
  const close = line.indexOf(' @', ats)
  const ranges = line
    .slice(ats + 1, close)
    .split(' ')
    .map(parseRange)
  const fresh = ranges.at(-1) ?? [0, 0]
  const old = ranges.slice(0, -1)
  const first = old[0] ?? [0, 0]
  return {
    heading: {
      oldStart: first[0],
      oldLines: first[1],
      newStart: fresh[0],
      newLines: fresh[1],
      heading: line.slice(close + 1 + ats).trim(),
    },
    scan: {
      columns: old.length,
      old: first[1],
      fresh: fresh[1],
      inLine: false,
      isOver: false,
      additions: 0,
      deletions: 0,
    },
  }
}

/** Returns a path as `diff --cc` prints it when `core.quotePath` is off: only what would break the line is quoted. */
export function patchPath(path: Buffer): Buffer {
  if (!path.some(needsQuote)) return path
  const quoted = Array.from(path, (byte) => (needsQuote(byte) ? escape(byte) : String.fromCharCode(byte)))
  return Buffer.from(`"${quoted.join('')}"`, 'latin1')
}

function parseRange(text: string): [start: number, count: number] {
  const comma = text.indexOf(',')
  if (comma < 0) return [Number(text.slice(1)), 1]
  return [Number(text.slice(1, comma)), Number(text.slice(comma + 1))]
}

function needsQuote(byte: number): boolean {
  return byte < 32 || byte === 127 || byte === quote || byte === backslash
}

function escape(byte: number): string {
  if (byte === quote || byte === backslash) return `\\${String.fromCharCode(byte)}`
  return `\\${escaped.get(byte) ?? byte.toString(8).padStart(3, '0')}`
}
