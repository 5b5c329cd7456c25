import type { HitPassage } from '../contract/answers.ts'
import { sanitiseLines } from './sanitise.ts'
import { styled, type Piece, type Style, type Terminal } from './terminal.ts'
import { fit, fitPath } from './width.ts'

/** Prints where a passage stands and those of its lines that fit the words best. */
export function printPassage(
  { path, startLine, endLine, text }: HitPassage,
  words: readonly string[],
  lines: number,
  terminal: Terminal,
): void {
  const room = terminal.room - 8
  if (path !== '') {
    const range = startLine === endLine ? `:${startLine}` : `:${startLine}-${endLine}`
    const place = startLine === 0 ? '' : range
    terminal.line('      ', styled('cyan', fitPath(path, room - place.length)), styled('dim', place))
  }
  for (const line of bestLines(text, words, lines)) {
    terminal.line('      ', styled('dim', '│ '), ...diffLine(fit(line, room), words))
  }
}

/** Returns the text with the words set apart. */
export function highlight(text: string, words: readonly string[], style: Style): Piece[] {
  if (words.length === 0) return [text]
  const pattern = new RegExp(`(${words.map((word) => escape(word)).join('|')})`, 'giu')
  return text.split(pattern).map((part, index) => (index % 2 === 1 ? styled(style, part) : part))
}

/** Returns the run of lines, at most so many, in which most of the words occur. */
function bestLines(text: string, words: readonly string[], count: number): string[] {
  const all = sanitiseLines(text).filter((line) => /[^\s+-]/.test(line))
  const worth = all.map((line) => {
    const lower = line.toLowerCase()
    const matches = words.filter((word) => lower.includes(word)).length
    return matches * 4 + (/^[+-]/.test(line) ? 1 : 0)
  })
  let best = 0
  let most = -1
  for (let from = 0; from + Math.min(count, all.length) <= all.length; from++) {
    const sum = worth.slice(from, from + count).reduce((total, one) => total + one, 0)
    if (sum > most) {
      most = sum
      best = from
    }
  }
  return all.slice(best, best + count)
}

function diffLine(line: string, words: readonly string[]): Piece[] {
  const style = line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : undefined
  const pieces = highlight(line, words, style === undefined ? 'bold' : [style, 'bold'])
  return pieces.map((piece) =>
    typeof piece === 'string' && style !== undefined ? styled(style, piece) : piece,
  )
}

function escape(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
