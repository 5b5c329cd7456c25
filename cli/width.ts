const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Characters that take two columns: East Asian wide and full width, and pictures. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u
const plain = /^[\u0020-\u007e]*$/
const mark = /^[\p{Mark}\u200c\u200d]+$/u

/** Returns how many columns of a terminal the text takes. */
export function widthOf(text: string): number {
  if (plain.test(text)) return text.length
  let width = 0
  for (const { segment } of segmenter.segment(text)) width += columns(segment)
  return width
}

/** Returns the text, cut with `…` when it takes more columns than there are. */
export function fit(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let taken = 0
  let kept = ''
  for (const { segment } of segmenter.segment(text)) {
    taken += columns(segment)
    if (taken > width - 1) break
    kept += segment
  }
  return width <= 0 ? '' : `${kept.trimEnd()}…`
}

/** Returns the path, cut at its beginning: its end tells more. */
export function fitPath(path: string, width: number): string {
  if (widthOf(path) <= width) return path
  const signs = [...segmenter.segment(path)].map(({ segment }) => segment)
  let taken = 1
  let from = signs.length
  while (from > 0 && taken + columns(signs[from - 1] ?? '') <= width) taken += columns(signs[--from] ?? '')
  return width <= 0 ? '' : `…${signs.slice(from).join('')}`
}

/** Returns the text with spaces behind it up to the width. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

/** Returns the words of the text in lines that fit. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line === '' || widthOf(longer) <= width) {
      line = longer
    } else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line].map((one) => fit(one, width))
}

function columns(segment: string): number {
  if (mark.test(segment)) return 0
  return wide.test(segment) ? 2 : 1
}
