/** A line that one of two texts has and the other has not. */
export interface OwnLine {
  readonly text: string
  /** Its number, from 1. */
  readonly line: number
}

/** What each of two texts has alone. */
export interface LineChanges {
  readonly gone: readonly OwnLine[]
  readonly fresh: readonly OwnLine[]
}

/**
 * Returns the lines in which two texts differ.
 *
 * Only what lies between the first and the last line that differ is looked at, and becomes text: a line that goes from
 * there and stands elsewhere as well is told as gone.
 */
export function compareLines(before: Buffer, after: Buffer): LineChanges {
  const { start, end } = sameAround(before, after)
  const old = before.toString('utf8', start, before.length - end).split('\n')
  const now = after.toString('utf8', start, after.length - end).split('\n')
  const first = before.toString('latin1', 0, start).split('\n').length
  return { gone: ownLines(old, new Set(now), first), fresh: ownLines(now, new Set(old), first) }
}

function ownLines(lines: readonly string[], others: ReadonlySet<string>, first: number): OwnLine[] {
  return lines.flatMap((text, at) => (others.has(text) ? [] : [{ text, line: first + at }]))
}

/** Returns how many bytes of whole lines two texts have in common at their start, and at their end. */
export function sameAround(before: Buffer, after: Buffer): { readonly start: number; readonly end: number } {
  const shortest = Math.min(before.length, after.length)
  const same = longest(shortest, (count) => before.compare(after, 0, count, 0, count) === 0)
  const start = same === 0 ? 0 : before.lastIndexOf(newline, same - 1) + 1
  const alike = longest(
    shortest - start,
    (count) => before.compare(after, after.length - count, after.length, before.length - count) === 0,
  )
  const line = before.indexOf(newline, before.length - alike)
  return { start, end: alike === 0 || line < 0 ? 0 : before.length - line }
}

const newline = 10

/** Returns the largest count for which something holds that holds for all smaller ones. */
function longest(most: number, holds: (count: number) => boolean): number {
  let [low, high] = [0, most]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (holds(middle)) low = middle
    else high = middle - 1
  }
  return low
}
