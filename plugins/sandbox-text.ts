import { AiosError } from '../contract/errors.ts'

const mostMessageCharacters = 500
const mostDepth = 64

/** Returns text from a plugin as one line that a terminal shows as it is. */
export function plainLine(text: string): string {
  // oxlint-disable-next-line no-control-regex
  const escapes = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])/g
  const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu
  return text
    .slice(0, 4 * mostMessageCharacters)
    .replaceAll(escapes, '')
    .replaceAll(hidden, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim()
    .slice(0, mostMessageCharacters)
}

/** Returns what a plugin may know of a host call that failed: nothing of this machine. */
export function hostFailureText(error: unknown): string {
  if (!(error instanceof AiosError)) return 'The host could not answer.'
  return plainLine(
    `${error.code}: ${error.message.replaceAll(/(?<![\w.])(?:[A-Za-z]:)?[\\/][^\s'"`,;)]+/g, '…')}`,
  )
}

/** What is wrong with JSON from a plugin, or the JSON without the names that would change an object's nature. */
export type CheckedJson = { readonly text: string } | { readonly problem: 'invalid' | 'too-deep' }

/** Returns JSON from a plugin fit to be parsed and walked; the empty text stands for no value. */
export function checkJson(text: string): CheckedJson {
  if (text === '') return { text }
  if (depthOf(text) > mostDepth) return { problem: 'too-deep' }
  try {
    const value: unknown = JSON.parse(text)
    if (!/__proto__|\\u/.test(text)) return { text }
    return { text: JSON.stringify(value, (key, inner: unknown) => (key === '__proto__' ? undefined : inner)) }
  } catch {
    return { problem: 'invalid' }
  }
}

/** Returns how deep the brackets go, without recursion: depth is the attack. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let isText = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (isText) {
      if (code === 92) at += 1
      isText = code !== 34
    } else if (code === 34) isText = true
    else if (code === 91 || code === 123) deepest = Math.max(deepest, (depth += 1))
    else if (code === 93 || code === 125) depth -= 1
  }
  return deepest
}
