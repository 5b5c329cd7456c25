import { isAscii, isUtf8 } from 'node:buffer'

const escapes = new Map([
  [7, '\\a'],
  [8, '\\b'],
  [9, '\\t'],
  [10, '\\n'],
  [11, '\\v'],
  [12, '\\f'],
  [13, '\\r'],
  [34, '\\"'],
  [92, '\\\\'],
])

/** Returns a path as text: UTF-8 as it stands, or git's C-quoted form when the bytes are not UTF-8. */
export function pathText(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1')
  if (isUtf8(bytes)) return bytes.toString('utf8')
  return `"${Array.from(bytes, quoteByte).join('')}"`
}

/** Returns a path as text from how git prints it on a line of its own: in quotes when it has to be. */
export function unquotedPath(printed: string): string {
  const quoted = /^"(.*)"$/s.exec(printed)?.[1]
  if (quoted === undefined) return printed
  const bytes = quoted.match(/\\[0-7]{3}|\\.|[^\\]/gsu)?.map(unquoteByte) ?? []
  return pathText(Buffer.concat(bytes))
}

function quoteByte(byte: number): string {
  const escape = escapes.get(byte)
  if (escape !== undefined) return escape
  if (byte >= 32 && byte < 127) return String.fromCharCode(byte)
  return `\\${byte.toString(8).padStart(3, '0')}`
}

function unquoteByte(text: string): Buffer {
  if (/^\\[0-7]/.test(text)) return Buffer.from([Number.parseInt(text.slice(1), 8)])
  for (const [byte, escape] of escapes) if (escape === text) return Buffer.from([byte])
  return Buffer.from(text)
}
