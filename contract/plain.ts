/**
 * What a terminal would obey instead of show: control characters (C0, DEL, C1), the signs that turn the
 * direction of writing, line and paragraph separators, invisible characters, tags, and halves of characters.
 */
export const unsafe =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu

/** Returns the text as one line that a terminal can only show. Every text that somebody else wrote goes through here. */
export function sanitise(text: string): string {
  return text.replaceAll('\t', ' ').replace(unsafe, symbolOf)
}

function symbolOf(sign: string): string {
  const code = sign.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  return code === 0x7f ? '␡' : '\ufffd'
}
