import { createHash } from 'node:crypto'
import { AiosError } from '../../contract/errors.ts'

/**
 * Returns a cursor: where a list ended, in a form that says nothing to whoever holds it.
 *
 * It names the last item that was shown, never how many were, so that what is added meanwhile shifts nothing.
 */
export function cursorAt(list: string, position: string): string {
  return Buffer.from(`${sumOf(list, position)}${position}`).toString('base64url')
}

/** Returns the position that a cursor of this list holds; fails with `request.cursor` for any other text. */
export function positionIn(list: string, cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString()
  const position = text.slice(sumLength)
  if (position !== '' && cursorAt(list, position) === cursor) return position
  throw new AiosError('request.cursor', 'The cursor is not one that a former answer of this list gave.')
}

const sumLength = 8

/** No secret: a position grants nothing. It tells a cursor of this list from a damaged one, or one of another. */
function sumOf(list: string, position: string): string {
  return createHash('sha256').update(`${list}\0${position}`).digest('base64url').slice(0, sumLength)
}
