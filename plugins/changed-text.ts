import { compareLines, type LineChanges, sameAround } from '../daemon/git/line-changes.ts'

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
 * Returns what a text has and the text before had not; all of it when there was none. New lines that are known
 * already need not be looked for.
 *
 * Secrets stand in one line, so new lines are enough; but for private keys, of which some lines may be old.
 */
export function changedText(after: Buffer, before: Buffer | undefined, fresh?: ChangedText): ChangedText {
  if (before === undefined) return from(after.toString('utf8'), 1)
  if (after.includes('PRIVATE KEY')) return changedRegion(after, before)
  return fresh ?? freshText(compareLines(before, after))
}

/** Returns the number of the line that a place in the text is on, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1
  return line
}

function from(text: string, firstLine: number): ChangedText {
  return { text, lineOf: (offset) => firstLine + lineAt(text, offset) - 1 }
}

/** Returns the lines that come with a change, which say all but what is written over several lines. */
export function freshText({ fresh }: Pick<LineChanges, 'fresh'>): ChangedText {
  const lines: string[] = []
  const numbers: number[] = []
  const add = (text: string, line: number) => {
    lines.push(text)
    numbers.push(line)
  }
  for (const { text, line } of fresh) {
    if (numbers.length > 0 && numbers.at(-1) !== line - 1) add(gap, line)
    add(text, line)
  }
  const part = lines.join('\n')
  return { text: part, lineOf: (offset) => numbers[lineAt(part, offset) - 1] ?? 1 }
}

/**
 * Says whether one of these lines may belong to a private key, of which the rest stands there already: they name one,
 * or look as what it is made of does.
 */
export function mayBeOfKey(lines: string): boolean {
  return ofKey.test(lines)
}

/** A run of letters is looked at from its beginning only, which takes half the time. */
const ofKey = /PRIVATE KEY|(?<![A-Za-z0-9+/=])[A-Za-z0-9+/=]{40}|^[ \t]*[A-Za-z0-9+/=]{8,}[ \t]*\r?$/m

function changedRegion(after: Buffer, before: Buffer): ChangedText {
  const { start, end } = sameAround(before, after)
  const first = linesBack(after, start, around)
  const part = after.toString('utf8', first, linesOn(after, after.length - end, around))
  return from(part, lineAt(after.toString('latin1', 0, first), first))
}

/** Returns where so many lines before a place begin. */
function linesBack(text: Buffer, offset: number, lines: number): number {
  let at = offset
  for (let line = 0; line <= lines; line += 1) {
    if (at <= 0) return 0
    at = text.lastIndexOf('\n', at - 1)
    if (at < 0) return 0
  }
  return at + 1
}

/** Returns where so many lines behind a place end. */
function linesOn(text: Buffer, offset: number, lines: number): number {
  let at = offset
  for (let line = 0; line <= lines; line += 1) {
    at = text.indexOf('\n', at)
    if (at < 0) return text.length
    at += 1
  }
  return at
}
