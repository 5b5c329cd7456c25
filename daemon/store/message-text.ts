import { pairsIn } from '../../native-workers/unspaced.ts'

/** No word contains it, and git ends a message at it. */
const separator = '\0'

/**
 * Returns a message as its column holds it.
 *
 * The index finds words by the spaces between them. What is written without spaces is followed by its pairs of
 * letters, so that a part of it can be found; other messages stay as they are.
 */
export function messageText(message: string): string {
  const pairs = pairsIn(message)
  if (pairs.length === 0 && !message.includes(separator)) return message
  return message + separator + pairs.join(' ')
}

/** Returns the message that `messageText` wrote. */
export function parseMessageText(text: string): string {
  const end = text.lastIndexOf(separator)
  return end < 0 ? text : text.slice(0, end)
}
