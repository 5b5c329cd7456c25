import { isScalar, type ParsedNode, type YAMLSeq } from 'yaml'
import { inBlock } from './config-print.ts'

/** A stretch of a text, and what to put in its place. */
export interface Change {
  readonly from: number
  readonly to: number
  readonly text: string
}

/**
 * Returns the change that turns a list of one item a line into another.
 *
 * What is alike at both ends stays as it is written, comments included: mostly an item is added or taken out.
 */
export function changeOfList(text: string, list: YAMLSeq.Parsed, wanted: readonly unknown[]): Change {
  const start = list.range[0]
  const column = start - startOfLine(text, start)
  const old = list.items
  const shorter = Math.min(old.length, wanted.length)
  const head = countWhile(shorter, (index) => isValue(old[index], wanted[index]))
  const tail = countWhile(shorter - head, (index) => isValue(old.at(-1 - index), wanted.at(-1 - index)))
  const gone = old.slice(head, old.length - tail)
  const lines = inBlock(wanted.slice(head, wanted.length - tail), column, eolOf(text))

  const [first] = gone
  const last = gone.at(-1)
  if (first === undefined || last === undefined) return insertion(text, old[head - 1], start, lines)
  const from = startOfLine(text, first.range[0]) + column
  const to = endOfLine(text, last.range[1])
  // An empty list may not stand below its key at the key's own column.
  if (wanted.length === 0) return { from, to, text: '  []' }
  if (lines !== '') return { from, to, text: lines }
  const isLast = tail === 0
  const before = startOfLine(text, from)
  return isLast
    ? { from: before - eolOf(text).length, to, text: '' }
    : { from: before, to: to + eolOf(text).length, text: '' }
}

/** Returns how the lines of a text end. */
export function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n'
}

function insertion(text: string, before: ParsedNode | undefined, start: number, lines: string): Change {
  if (lines === '') return { from: start, to: start, text: '' }
  const between = eolOf(text) + ' '.repeat(start - startOfLine(text, start))
  if (before === undefined) return { from: start, to: start, text: lines + between }
  const at = endOfLine(text, before.range[1])
  return { from: at, to: at, text: between + lines }
}

function isValue(node: ParsedNode | undefined, value: unknown): boolean {
  return isScalar(node) && node.value === value
}

function countWhile(most: number, isSo: (index: number) => boolean): number {
  let count = 0
  while (count < most && isSo(count)) count++
  return count
}

function startOfLine(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1
}

/** Returns where the line ends on which the offset stands; the end of line is not part of it. */
function endOfLine(text: string, offset: number): number {
  const at = offset > 0 && text[offset - 1] === '\n' ? offset - 1 : text.indexOf('\n', offset)
  const end = at === -1 ? text.length : at
  return text[end - 1] === '\r' ? end - 1 : end
}
