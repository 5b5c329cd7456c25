/**
 * What a terminal would obey instead of show: control characters (C0, DEL, C1), the signs that turn the
 * direction of writing, line and paragraph separators, invisible characters, tags, and halves of characters.
 */
const unsafe =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu

/** Returns the text as one line that a terminal can only show. Every text that somebody else wrote goes through here. */
export function sanitise(text: string): string {
  return text.replaceAll('\t', ' ').replace(unsafe, symbolOf)
}

/** Returns the lines of the text, each safe to show; tabs become two spaces. */
export function sanitiseLines(text: string): string[] {
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => sanitise(line.replaceAll('\t', '  ')))
}

/** Returns JSON that a terminal can only show: what JSON leaves as it is but a terminal obeys is escaped. */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(unsafe, (sign) =>
    sign === '\n' ? sign : [...Array(sign.length).keys()].map((at) => escapeOf(sign.charCodeAt(at))).join(''),
  )
}

function symbolOf(sign: string): string {
  const code = sign.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  return code === 0x7f ? '␡' : '\ufffd'
}

function escapeOf(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}
