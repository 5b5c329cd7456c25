import type { FilePatch } from '../../contract/commit.ts'
import { createFileCollector, type FileCollector } from './file-collector.ts'
import { createHunkReader, type HunkReader } from './hunk-reader.ts'
import { createPatchIdentity } from './patch-id.ts'
import { patchPath } from './patch-lines.ts'
import type { RawRecord } from './raw-parser.ts'

/** Everything that git printed of one commit. */
export interface ParsedCommit {
  /** The NUL-separated fields of the format, the commit's id first. */
  readonly fields: readonly Buffer[]
  readonly records: readonly RawRecord[]
  readonly files: readonly FilePatch[]
  readonly patchId: string | undefined
  /** Bytes of hunks that are kept. */
  readonly bytes: number
}

/** Puts a commit together from its parts, in the order in which git prints them. */
export interface CommitAssembler {
  begin(fields: readonly Buffer[]): void
  record(record: RawRecord): void
  /** Takes a `diff --git` or `diff --cc` line. */
  file(line: Buffer): void
  binary(): void
  /** Takes an `@@` line. */
  hunk(line: string): void
  /** Takes what follows an `@@` line. */
  readonly hunks: HunkReader
  /** Hands over the commit that was begun, if there is one. */
  finish(): void
}

/** Bytes of one commit's hunks that are kept, however many files it has. */
const commitBytes = 4 * 1024 * 1024

/** Creates an assembler that keeps at most `maxHunkBytes` of a file's hunks. */
export function createCommitAssembler(
  maxHunkBytes: number,
  onCommit: (commit: ParsedCommit) => void,
): CommitAssembler {
  const identity = createPatchIdentity()
  const hunks = createHunkReader(identity)
  let commit = emptyCommit([])
  let nextRecord = 0
  let file: FileCollector | undefined
  let isSecondHalf = false

  const finishFile = () => {
    hunks.finish()
    if (file === undefined) return
    const { patch, bytes } = file.finish()
    commit.files.push(patch)
    commit.bytes += bytes
    file = undefined
  }

  return {
    hunks,
    begin(fields) {
      commit = emptyCommit(fields)
      nextRecord = 0
    },
    record: (record) => void commit.records.push(record),
    file(line) {
      // A change of type is printed as a deletion and a creation, though it is one record.
      isSecondHalf = file?.record.change.status === 'type-changed' && !isSecondHalf
      hunks.finish()
      if (isSecondHalf) return
      finishFile()
      nextRecord = recordOf(line, commit.records, nextRecord)
      const record = commit.records[nextRecord++]
      if (record === undefined) return
      identity.file(record.change)
      file = createFileCollector(record, Math.min(maxHunkBytes, Math.max(0, commitBytes - commit.bytes)))
    },
    binary() {
      if (file === undefined) return
      file.binary = true
      identity.binary(file.record.change)
    },
    hunk: (line) => hunks.begin(line, file),
    finish() {
      finishFile()
      const patchId = identity.finish()
      if (commit.fields.length > 0)
        onCommit({ ...commit, patchId: isMerge(commit.records) ? undefined : patchId })
      commit = emptyCommit([])
    },
  }
}

function isMerge([record]: readonly RawRecord[]): boolean {
  return record !== undefined && record.letters.length > 1
}

function emptyCommit(fields: readonly Buffer[]) {
  const records: RawRecord[] = []
  const files: FilePatch[] = []
  return { fields, records, files, bytes: 0 }
}

/** Returns which record a patch belongs to: both come in the same order, and a merge prints only some. */
function recordOf(line: Buffer, records: readonly RawRecord[], from: number): number {
  const name = line.subarray(line.indexOf(' ', 5) + 1)
  for (let index = from; index < records.length; index++) {
    const record = records[index]
    if (record === undefined || record.letters.length === 1) return index
    if (patchPath(record.pathBytes).equals(name)) return index
  }
  return records.length
}
