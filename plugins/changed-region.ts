/** A run of whole lines of a text. */
export interface Region {
  readonly text: string
  /** The number of its first line, from 1. */
  readonly firstLine: number
}

/** Lines around a change that are part of its region: a private key may begin and end in lines that stay. */
const around = 100

/** Returns the lines in which a text differs from what it was, with some around them; all of it when it is new. */
export function changedRegion(text: string, before: string | undefined): Region {
  if (before === undefined) return { text, firstLine: 1 }
  const shortest = Math.min(text.length, before.length)
  let start = 0
  while (start < shortest && text.charCodeAt(start) === before.charCodeAt(start)) start += 1
  let same = 0
  while (same < shortest - start && text.charCodeAt(text.length - 1 - same) === before.charCodeAt(before.length - 1 - same)) same += 1
  const from = linesBack(text, start)
  return { text: text.slice(from, linesOn(text, text.length - same)), firstLine: lineAt(text, from) }
}

/** Returns the number of the line that a place in the text is on, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1
  return line
}

function linesBack(text: string, offset: number): number {
  let at = offset
  for (let line = 0; line <= around; line += 1) {
    if (at <= 0) return 0
    at = text.lastIndexOf('\n', at - 1)
    if (at < 0) return 0
  }
  return at + 1
}

function linesOn(text: string, offset: number): number {
  let at = offset
  for (let line = 0; line <= around; line += 1) {
    at = text.indexOf('\n', at)
    if (at < 0) return text.length
    at += 1
  }
  return at
}
