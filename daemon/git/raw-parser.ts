import type { ChangeStatus, RawChange } from '../../contract/commit.ts'
import { pathText } from './path-text.ts'

/** One raw record, with the bytes of its path for comparing with what a patch says. */
export interface RawRecord {
  readonly change: RawChange
  readonly pathBytes: Buffer
  /** The status letter of each parent; one for a commit that is not a merge. */
  readonly letters: string
}

const statuses: Readonly<Record<string, ChangeStatus>> = {
  A: 'added',
  C: 'copied',
  D: 'deleted',
  M: 'modified',
  R: 'renamed',
  T: 'type-changed',
  U: 'unmerged',
}

/**
 * Reads the raw record that begins at `start`, which is a colon.
 *
 * Returns undefined when its end has not arrived yet. A merge's record begins with one colon per parent
 * and has that many old sides; its first parent's is the one that is kept.
 */
export function parseRawRecord(
  bytes: Buffer,
  start: number,
): { readonly record: RawRecord; readonly end: number } | undefined {
  const infoEnd = bytes.indexOf(0, start)
  if (infoEnd < 0) return undefined
  const fields = bytes.toString('latin1', start, infoEnd).split(' ')
  const colons = fields[0]?.lastIndexOf(':') ?? 0
  const parents = colons + 1
  const letters = statusLetters(fields[2 * parents + 2] ?? '', parents)
  const isMove = parents === 1 && (letters === 'R' || letters === 'C')
  const firstEnd = bytes.indexOf(0, infoEnd + 1)
  const lastEnd = isMove && firstEnd >= 0 ? bytes.indexOf(0, firstEnd + 1) : firstEnd
  if (lastEnd < 0) return undefined

  const path = bytes.subarray(isMove ? firstEnd + 1 : infoEnd + 1, lastEnd)
  const change: RawChange = {
    path: pathText(path),
    ...(isMove ? { oldPath: pathText(bytes.subarray(infoEnd + 1, firstEnd)) } : {}),
    status: statusOf(letters),
    oldMode: fields[0]?.slice(parents) ?? '',
    newMode: fields[parents] ?? '',
    oldOid: fields[parents + 1] ?? '',
    newOid: fields[2 * parents + 1] ?? '',
  }
  return { record: { change, pathBytes: path, letters }, end: lastEnd + 1 }
}

/** Says whether a parent of a merge lacks the path, which is how a rename looks without rename detection. */
export function mayBeRename({ letters }: RawRecord): boolean {
  return letters.length > 1 && letters.includes('A')
}

/** Returns the letters without the similarity that follows `R` and `C`. */
function statusLetters(field: string, parents: number): string {
  return parents === 1 ? field.charAt(0) : field
}

function statusOf(letters: string): ChangeStatus {
  const first = letters.charAt(0)
  if (letters.length === 1) return statuses[first] ?? 'modified'
  const isSame = letters === first.repeat(letters.length)
  return isSame && (first === 'A' || first === 'D') ? (statuses[first] ?? 'modified') : 'modified'
}
