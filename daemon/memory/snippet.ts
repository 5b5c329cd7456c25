import type { CommitPatch, Hunk } from '../../contract/commit.ts'
import type { HitPassage } from '../../contract/answers.ts'
import { stemOf } from './words.ts'
import { termsOf } from '../../native-workers/tokenise.ts'

/** Where a passage stands. */
export interface Place {
  readonly path: string
  readonly startLine: number
  readonly endLine: number
}

/** A line of a change, as git prints it, with the number it has on the side that is shown. */
interface NumberedLine {
  readonly number: number
  readonly text: string
  /** Whether it is on the other side only; its number is then that of the line that it stood before. */
  readonly hidden: boolean
}

/** Lines shown of a passage: enough to recognise, short enough to read ten of. */
const shownLines = 6
const longestLine = 400

/**
 * Returns the lines of a passage that have most of the question's words, with git's prefixes; undefined when
 * the change does not hold the place any more.
 */
export function snippetOf(
  patch: CommitPatch,
  place: Place,
  words: readonly string[],
): HitPassage | undefined {
  const wanted = new Set(words.map(stemOf))
  const windows = runsAt(patch, place).map((run) => heaviestWindow(run, wanted))
  const [first, ...others] = windows
  if (first === undefined) return undefined
  const { shown } = others.reduce((best, window) => (window.weight > best.weight ? window : best), first)
  const numbers = shown.filter((line) => !line.hidden).map((line) => line.number)
  const before = Math.min(shown[0]?.number ?? place.startLine, Math.max(place.startLine, place.endLine))
  return {
    path: place.path,
    startLine: numbers[0] ?? before,
    endLine: numbers.at(-1) ?? before,
    text: shown.map((line) => line.text).join('\n'),
  }
}

/** Returns the lines of a place as runs without gaps: what stands between two hunks is not shown. */
function runsAt(patch: CommitPatch, place: Place): NumberedLine[][] {
  const file = patch.files.find((candidate) => candidate.path === place.path)
  if (file === undefined) return []
  const isDeletion = file.status === 'deleted'
  const runs = file.hunks.map((hunk) => linesOf(hunk, isDeletion).filter((line) => isWithin(place, line)))
  return runs.filter((lines) => lines.length > 0)
}

function linesOf(hunk: Hunk, isDeletion: boolean): NumberedLine[] {
  let number = isDeletion ? hunk.oldStart : hunk.newStart
  return hunk.body
    .toString('utf8')
    .split('\n')
    .filter((text) => text !== '' && !text.startsWith('\\'))
    .map((text) => {
      const line = {
        number,
        text: text.slice(0, longestLine),
        hidden: text.startsWith(isDeletion ? '+' : '-'),
      }
      if (!line.hidden) number += 1
      return line
    })
}

/** What was taken out behind the last line of a place belongs to it. */
function isWithin({ startLine, endLine }: Place, { number, hidden }: NumberedLine): boolean {
  return number >= startLine && number <= Math.max(startLine, endLine) + (hidden ? 1 : 0)
}

function weightOf(line: string, wanted: ReadonlySet<string>): number {
  const hits = new Set(termsOf(line).map(stemOf)).intersection(wanted).size
  return hits * 4 + (line.startsWith(' ') ? 0 : 1)
}

interface Window {
  readonly shown: readonly NumberedLine[]
  readonly weight: number
}

function heaviestWindow(lines: readonly NumberedLine[], wanted: ReadonlySet<string>): Window {
  const weights = lines.map((line) => weightOf(line.text, wanted))
  let best = 0
  let heaviest = -1
  for (let start = 0; start === 0 || start + shownLines <= weights.length; start += 1) {
    const weight = weights.slice(start, start + shownLines).reduce((total, one) => total + one, 0)
    if (weight > heaviest) [best, heaviest] = [start, weight]
  }
  return { shown: lines.slice(best, best + shownLines), weight: heaviest }
}
