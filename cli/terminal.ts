import { styleText } from 'node:util'
import { sanitise } from '../contract/plain.ts'
import { fit, widthOf } from './width.ts'

/** How a piece of text looks. */
export type Style = Parameters<typeof styleText>[0]

/** A piece of a line. */
export type Piece = string | { readonly text: string; readonly style: Style }

/** Where lines go. */
export interface Terminal {
  /** Columns that lines are laid out in. */
  readonly width: number
  /** Columns beyond which a line is cut; endless where nobody looks through a window, as in a pipe or a file. */
  readonly room: number
  /** Whether a person watches, so that lines may be drawn over. */
  readonly isWatched: boolean
  /**
   * Writes one line. Each piece is made safe on its way, so that nothing in it can be an order to the
   * terminal: colours come from styles alone.
   */
  line(...pieces: Piece[]): void
  /** Writes one line, cut where there is no more room. */
  row(...pieces: Piece[]): void
  /** Writes a line over the last one that was drawn so; without pieces, clears it. */
  redraw(...pieces: Piece[]): void
  /** Empties the screen of a person who watches; for others, leaves a line between this and the last. */
  clear(): void
}

/** The part of a stream that a terminal needs. */
export interface Screen {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** When colours are used. */
export type ColorChoice = 'auto' | 'always' | 'never'

/** Creates a terminal that writes to the stream. */
export function createTerminal(
  screen: Screen,
  choice: ColorChoice,
  environment: NodeJS.ProcessEnv,
): Terminal {
  const hasColor = wantsColor(screen, choice, environment)
  const isWatched = screen.isTTY === true
  const render = (pieces: readonly Piece[]) => pieces.map((piece) => renderOne(piece, hasColor)).join('')
  const columns = columnsOf(screen, environment)
  const width = bounded(columns ?? 100)
  const room = columns === undefined ? Infinity : width
  const line = (pieces: readonly Piece[]) => void screen.write(`${render(pieces).trimEnd()}\n`)
  return {
    width,
    room,
    isWatched,
    line: (...pieces) => line(pieces),
    row: (...pieces) => line(cut(pieces, room)),
    clear: () => void screen.write(isWatched ? '\u001b[H\u001b[2J' : '\n'),
    redraw: (...pieces) => void (isWatched && screen.write(`\r\u001b[2K${render(pieces)}`)),
  }
}

/** Returns a piece in that style. */
export function styled(style: Style, text: string): Piece {
  return { style, text }
}

function cut(pieces: readonly Piece[], columns: number): Piece[] {
  let room = columns
  const kept: Piece[] = []
  for (const piece of pieces) {
    const text = sanitise(typeof piece === 'string' ? piece : piece.text)
    const shown = fit(text, room)
    if (room > 0) kept.push(typeof piece === 'string' ? shown : styled(piece.style, shown))
    room = shown === text ? room - widthOf(text) : 0
  }
  return kept
}

function renderOne(piece: Piece, hasColor: boolean): string {
  if (typeof piece === 'string') return sanitise(piece)
  const text = sanitise(piece.text)
  return hasColor && text !== '' ? styleText(piece.style, text, { validateStream: false }) : text
}

function wantsColor(screen: Screen, choice: ColorChoice, environment: NodeJS.ProcessEnv): boolean {
  if (choice !== 'auto') return choice === 'always'
  if ((environment['NO_COLOR'] ?? '') !== '') return false
  const forced = environment['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return screen.isTTY === true && environment['TERM'] !== 'dumb'
}

/** Returns how many columns there are; undefined when nobody says. */
function columnsOf(screen: Screen, environment: NodeJS.ProcessEnv): number | undefined {
  const named = Number(environment['COLUMNS'])
  if (screen.columns !== undefined && screen.columns > 0) return screen.columns
  return Number.isInteger(named) && named > 0 ? named : undefined
}

function bounded(columns: number): number {
  return Math.max(20, Math.min(columns, 160))
}
