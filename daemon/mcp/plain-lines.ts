import { sanitise } from '../../contract/plain.ts'

/** How much of an answer is shown. */
export interface Room {
  readonly items: number
  /** Lines of each item. */
  readonly lines: number
  /** Characters of each line. */
  readonly width: number
}

/** Returns the lines of a text that others wrote: control characters shown as symbols, long lines cut. */
export function plainLines(text: string, { lines, width }: Pick<Room, 'lines' | 'width'>): string[] {
  const all = text
    .trimEnd()
    .replace(/\r\n?/g, '\n')
    .split('\n', lines + 1)
    .map((line) => plainLine(line, width))
  return all.length > lines ? [...all.slice(0, lines), ...(lines === 0 ? [] : ['…'])] : all
}

/** Returns a text that others wrote as one line. */
export function plainLine(text: string, width: number): string {
  const line = sanitise(text.slice(0, width * 2).replaceAll('\t', '  ')).trimEnd()
  const signs = Array.from(line)
  return signs.length > width ? `${signs.slice(0, width - 1).join('')}…` : line
}
