/** The part of a text that is worth searching. */
export interface ChangedText {
  readonly text: string
  /** Returns the line of the whole text, from 1, that a place in the part is on. */
  lineOf(offset: number): number
}

/** Lines around a change in which a private key may begin and end. */
const around = 100
/** Stands between lines that were apart; no secret goes through it. */
const gap = '\0'

/**
 * Returns what a text has and the text before had not; all of it when there was none.
 *
 * Secrets stand in one line, so new lines are enough; but for private keys, of which some lines may be old.
 */
export function changedText(text: string, before: string | undefined): ChangedText {
  if (before === undefined) return { text, lineOf: (offset) => lineAt(text, offset) }
  return text.includes('PRIVATE KEY') ? changedRegion(text, before) : freshLines(text, before)
}

/** Returns the number of the line that a place in the text is on, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1
  return line
}

function freshLines(text: string, before: string): ChangedText {
  const [from, to] = partThatDiffers(text, before, 0)
  const was = new Set(before.slice(from, before.length - (text.length - to)).split('\n'))
  const lines: string[] = []
  const numbers: number[] = []
  const add = (line: string, number: number) => {
    lines.push(line)
    numbers.push(number)
  }
  const first = lineAt(text, from)
  for (const [index, line] of text.slice(from, to).split('\n').entries()) {
    if (was.has(line)) continue
    const number = first + index
    if (numbers.length > 0 && numbers.at(-1) !== number - 1) add(gap, number)
    add(line, number)
  }
  const part = lines.join('\n')
  return { text: part, lineOf: (offset) => numbers[lineAt(part, offset) - 1] ?? 1 }
}

function changedRegion(text: string, before: string): ChangedText {
  const [from, to] = partThatDiffers(text, before, around)
  const part = text.slice(from, to)
  const firstLine = lineAt(text, from)
  return { text: part, lineOf: (offset) => firstLine + lineAt(part, offset) - 1 }
}

/** Returns where the whole lines begin and end in which a text differs, and so many lines around them. */
function partThatDiffers(text: string, before: string, lines: number): [from: number, to: number] {
  const shortest = Math.min(text.length, before.length)
  let start = 0
  while (start < shortest && text.charCodeAt(start) === before.charCodeAt(start)) start += 1
  let same = 0
  const [end, oldEnd] = [text.length - 1, before.length - 1]
  while (same < shortest - start && text.charCodeAt(end - same) === before.charCodeAt(oldEnd - same))
    same += 1
  return [linesBack(text, start, lines), linesOn(text, text.length - same, lines)]
}

function linesBack(text: string, offset: number, lines: number): number {
  let at = offset
  for (let line = 0; line <= lines; line += 1) {
    if (at <= 0) return 0
    at = text.lastIndexOf('\n', at - 1)
    if (at < 0) return 0
  }
  return at + 1
}

function linesOn(text: string, offset: number, lines: number): number {
  let at = offset
  for (let line = 0; line <= lines; line += 1) {
    at = text.indexOf('\n', at)
    if (at < 0) return text.length
    at += 1
  }
  return at
}
