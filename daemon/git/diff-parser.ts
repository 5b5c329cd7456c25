import { type CommitAssembler, createCommitAssembler, type ParsedCommit } from './commit-assembler.ts'
import { parseRawRecord } from './raw-parser.ts'

/** How to read the output of `diff-tree --stdin -z --raw -p --format=%x01…`. */
export interface DiffParserOptions {
  /** How many NUL-separated fields the format has. */
  readonly fields: number
  readonly maxHunkBytes: number
  readonly onCommit: (commit: ParsedCommit) => void
  /** Called at each echo of the marker. */
  readonly onMarker: () => void
}

/** A line that names no commit: git echoes it and flushes, which says that all before it has been answered. */
export const marker = '\u0002\n'

const headerByte = 1
const markerByte = 2
const newline = 10
const colon = 58
const at = 64
const letterB = 66
const backslash = 92
const letterD = 100

/** Takes one piece of output and returns where it ends, or minus the byte that must still arrive. */
type Step = (bytes: Buffer, start: number) => number

/**
 * Creates a parser that is fed chunks of bytes as they arrive and calls back with whole commits.
 *
 * Between two pieces one byte says what comes next, since the format begins with a byte that nothing else
 * begins with. A tail is kept only where a header, a path or an `@@` line is cut in two: lines of hunks
 * never are, so a hunk of any size passes through in constant space.
 */
export function createDiffParser(options: DiffParserOptions): (chunk: Buffer) => void {
  const assembler = createCommitAssembler(options.maxHunkBytes, options.onCommit)
  const step = createStep(assembler, options)
  let waiting: Buffer[] = []
  let awaited: number | undefined

  return (chunk) => {
    // Joining is put off until the missing byte is there; a long message would otherwise be copied per chunk.
    if (awaited !== undefined && !chunk.includes(awaited)) {
      waiting.push(chunk)
      return
    }
    const bytes = waiting.length > 0 ? Buffer.concat([...waiting, chunk]) : chunk
    waiting = []
    awaited = undefined
    let position = 0
    while (position < bytes.length) {
      const end = step(bytes, position)
      if (end < 0) {
        awaited = end === anyByte ? undefined : -1 - end
        waiting = [bytes.subarray(position)]
        return
      }
      position = end
    }
  }
}

/** What a step returns when any next byte may help. */
const anyByte = -1024

function createStep(assembler: CommitAssembler, options: DiffParserOptions): Step {
  const header = headerStep(assembler, options.fields)

  return (bytes, start) => {
    if (assembler.hunks.isInHunk()) {
      const end = assembler.hunks.lines(bytes, start)
      if (end > start) return end
      if (assembler.hunks.isInHunk()) return anyByte
    }
    switch (bytes[start]) {
      case headerByte:
        return header(bytes, start)
      case markerByte:
        assembler.finish()
        options.onMarker()
        return start + marker.length
      case colon:
        return recordStep(assembler, bytes, start)
      case 0:
      case newline:
        return start + 1
      default:
        return lineStep(assembler, bytes, start)
    }
  }
}

function headerStep(assembler: CommitAssembler, count: number): Step {
  return (bytes, start) => {
    const fields: Buffer[] = []
    let from = start + 1
    while (fields.length < count) {
      const end = bytes.indexOf(0, from)
      if (end < 0) return -1
      fields.push(bytes.subarray(from, end))
      from = end + 1
    }
    assembler.finish()
    assembler.begin(fields)
    return from
  }
}

function recordStep(assembler: CommitAssembler, bytes: Buffer, start: number): number {
  const parsed = parseRawRecord(bytes, start)
  if (parsed === undefined) return -1
  assembler.record(parsed.record)
  return parsed.end
}

function lineStep(assembler: CommitAssembler, bytes: Buffer, start: number): number {
  const end = bytes.indexOf(newline, start)
  if (end < 0) return -1 - newline
  const first = bytes[start]
  if (first === at) assembler.hunk(bytes.toString('utf8', start, end))
  else if (first === backslash) assembler.hunks.remark(bytes, start, end + 1)
  else if (first === letterB) assembler.binary()
  else if (first === letterD && bytes.toString('latin1', start, start + 7) === 'diff --') {
    assembler.file(bytes.subarray(start, end))
  }
  return end + 1
}
