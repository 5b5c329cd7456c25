/** Scripts that put no space between words, or endings to each. */
export const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]/v

const runs = new RegExp(`${unspaced.source}+`, 'gv')
// What is written in one byte a letter has none of these, and is told apart without a look at its letters.
const beyondLatin = /[\u0e00-\uffff]/

/** Returns letters of such a script by two: the nearest thing to words. A letter alone stays alone. */
export function pairsOf(letters: string): string[] {
  const points = Array.from(letters)
  return points.length === 1 ? points : points.slice(1).map((point, at) => `${points[at]}${point}`)
}

/** Returns the pairs of everything in a text that is written in such a script, in their order. */
export function pairsIn(text: string): string[] {
  if (!beyondLatin.test(text)) return []
  return (text.normalize('NFKC').match(runs) ?? []).flatMap(pairsOf)
}
