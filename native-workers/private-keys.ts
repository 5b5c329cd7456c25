import type { Secret } from './detect-secrets.ts'

const beginning = /-----BEGIN [A-Z ]{0,24}PRIVATE KEY(?: BLOCK)?-----|-----BEGIN ?PRIVATE KEY-----/g
const ending = /-----END [A-Z ]{0,24}PRIVATE KEY(?: BLOCK)?-----|-----END ?PRIVATE KEY-----/g
// Ends of lines; those of a key in a string of a program are written out as `\n`.
const lineEnd = /\r?\n|(?:\\r)?\\n|$/g
const encoded = /^[ \t]*[A-Za-z0-9+/=]+[ \t]*\r?$/
const header = /^[ \t]*(?:[A-Za-z][A-Za-z-]{1,31}: .{1,256})?$/
const fewestLetters = 40

/**
 * Returns the private keys that a rule for whole keys does not see: cut off by the beginning or the end of the
 * text, encrypted with a header, or followed by something else than their end.
 */
export function privateKeys(text: string): Secret[] {
  if (!text.includes('PRIVATE KEY')) return []
  const keys: Secret[] = []
  for (const { index, 0: marker } of text.matchAll(beginning)) {
    const to = endOfKey(text, index + marker.length)
    if (to !== undefined) keys.push({ from: index, to, kind: 'privatekey' })
  }
  let last = 0
  for (const { index, 0: marker } of text.matchAll(ending)) {
    const from = startOfKey(text, index, last)
    last = index + marker.length
    const isKnown = keys.some((key) => key.from <= from && key.to >= index)
    if (from < index && !isKnown) keys.push({ from, to: last, kind: 'privatekey' })
  }
  return keys.toSorted((a, b) => a.from - b.from)
}

/**
 * Blanks the private keys in a hunk, of which begin and end may be unchanged lines.
 *
 * Every line keeps its prefix, so that the changed ones can be told from the others afterwards.
 */
export function blankKeys(hunk: string): { text: string; count: number } {
  const lines = hunk.split('\n')
  const content = lines.map((line) => line.slice(1)).join('\n')
  const keys = privateKeys(content)
  let blanked = content
  for (const { from, to } of keys.toReversed()) {
    blanked = blanked.slice(0, from) + blanked.slice(from, to).replace(/[^\n]/g, ' ') + blanked.slice(to)
  }
  const kept = blanked.split('\n')
  return { text: lines.map((line, at) => line.slice(0, 1) + kept[at]).join('\n'), count: keys.length }
}

/** Returns where the lines of a key begin that end here, not before the limit; the end itself when there are none. */
function startOfKey(text: string, end: number, limit: number): number {
  const lines = text.slice(limit, end).split('\n')
  // What stands before the end in its own line is its indentation.
  let from = end - (lines.pop()?.length ?? 0)
  let letters = 0
  for (let line = lines.pop(); line !== undefined && encoded.test(line); line = lines.pop()) {
    letters += line.trim().length
    from -= line.length + 1
  }
  return letters >= fewestLetters ? from : end
}

/** Returns where the key ends whose lines begin here; undefined when they are no key. */
function endOfKey(text: string, start: number): number | undefined {
  let letters = 0
  let from = start
  let to = start
  lineEnd.lastIndex = start
  for (let end = lineEnd.exec(text); end !== null; end = lineEnd.exec(text)) {
    const line = text.slice(from, end.index)
    if (line.includes('-----END')) {
      to = end.index
      break
    }
    if (encoded.test(line)) letters += line.trim().length
    else if (!header.test(line)) break
    to = end.index
    from = end.index + end[0].length
    if (end[0] === '') break
    lineEnd.lastIndex = from
  }
  return letters >= fewestLetters ? to : undefined
}
