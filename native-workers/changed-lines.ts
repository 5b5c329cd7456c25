const newline = 10
const plus = 43
const minus = 45

/**
 * Copies the changed lines of a hunk, without their prefixes, and returns where the copy ends.
 *
 * A copy byte by byte: most lines are too short for anything with a cost per call.
 */
export function copyChangedLines(from: Uint8Array, start: number, end: number, into: Uint8Array): number {
  let at = start
  let to = 0
  while (at < end) {
    const prefix = from[at++]
    const isChanged = prefix === plus || prefix === minus
    if (isChanged) {
      while (at < end && from[at] !== newline) into[to++] = from[at++] ?? 0
      into[to++] = newline
    } else {
      while (at < end && from[at] !== newline) at += 1
    }
    at += 1
  }
  return to
}
