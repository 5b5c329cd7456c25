import { createHash } from 'node:crypto'

/** One place of a text, and what stands there before and after. Turned round it undoes itself. */
export interface Splice {
  readonly at: number
  readonly removed: string
  readonly inserted: string
}

/** Returns the smallest splice that makes one text of the other. */
export function spliceBetween(before: string, after: string): Splice {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start += 1
  let end = 0
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1
  return {
    at: start,
    removed: before.slice(start, before.length - end),
    inserted: after.slice(start, after.length - end),
  }
}

/** Returns the text as it was before the splice. */
export function undone(text: string, { at, removed, inserted }: Splice): string {
  return text.slice(0, at) + removed + text.slice(at + inserted.length)
}

/** Returns a text's SHA-256 in hex. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Returns the lines of a change as a person reads them: `-`, `+`, and two lines around them. */
export function changedLines(before: string, after: string): string[] {
  const [old, fresh] = [before, after].map((text) => text.replaceAll('\r\n', '\n').split('\n'))
  if (old === undefined || fresh === undefined) return []
  const shorter = Math.min(old.length, fresh.length)
  let start = 0
  while (start < shorter && old[start] === fresh[start]) start += 1
  let end = 0
  while (end < shorter - start && old.at(-1 - end) === fresh.at(-1 - end)) end += 1
  return [
    ...old.slice(Math.max(0, start - 2), start).map((line) => `  ${line}`),
    ...old.slice(start, old.length - end).map((line) => `- ${line}`),
    ...fresh.slice(start, fresh.length - end).map((line) => `+ ${line}`),
    ...old.slice(old.length - end, old.length - end + 2).map((line) => `  ${line}`),
  ]
}
