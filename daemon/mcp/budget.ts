import { defaultAnswerTokens } from '../../contract/tools.ts'
import type { Room } from './plain-lines.ts'

/** An answer for a model: the same as Markdown and as data. */
export interface Rendered {
  readonly text: string
  readonly data: Record<string, unknown>
}

/** Counts a text's model tokens. */
export type Count = (text: string) => number

/** How much is shown, most first. What matters less is given up first: far lines, then whole lines, then items. */
const rooms: readonly Room[] = [
  { items: 50, lines: 40, width: 300 },
  { items: 50, lines: 12, width: 200 },
  { items: 20, lines: 8, width: 160 },
  { items: 10, lines: 8, width: 140 },
  { items: 8, lines: 6, width: 140 },
  { items: 6, lines: 5, width: 120 },
  { items: 5, lines: 4, width: 120 },
  { items: 5, lines: 3, width: 100 },
  { items: 5, lines: 2, width: 100 },
  { items: 4, lines: 1, width: 100 },
  { items: 3, lines: 1, width: 80 },
  { items: 2, lines: 1, width: 80 },
  { items: 1, lines: 1, width: 60 },
  { items: 1, lines: 0, width: 40 },
]

/**
 * Returns the fullest answer that is within the budget.
 *
 * A client shows its model the text or the data. When a number of tokens was asked for, each of the two may have
 * that many; else both together stay within the default, so that a client that shows both costs no more.
 */
export function fit(render: (room: Room) => Rendered, asked: number | undefined, count: Count): Rendered {
  for (const room of rooms) {
    const rendered = render(room)
    if (isWithin(rendered, asked, count)) return rendered
  }
  const text = 'The answer does not fit. Ask again with a larger `tokens`.'
  return { text, data: { problem: text } }
}

function isWithin({ text, data }: Rendered, asked: number | undefined, count: Count): boolean {
  const json = JSON.stringify(data)
  if (asked === undefined) return isShort(text + json, defaultAnswerTokens, count)
  return isShort(text, asked, count) && isShort(json, asked, count)
}

/** Bytes that no token of a readable text exceeds on average. */
const mostBytesPerToken = 8

/** Counts only what may fit: odd signs take the tokenizer long, and there would be thousands of lines of them. */
function isShort(text: string, most: number, count: Count): boolean {
  const bytes = Buffer.byteLength(text)
  return bytes <= most || (bytes <= most * mostBytesPerToken && count(text) <= most)
}
