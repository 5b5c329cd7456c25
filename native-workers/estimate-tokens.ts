// Thousandths of a token, fitted to the tokens that gpt-tokenizer counts in hunks and messages of git.git, redis
// and fastify: half of the texts are estimated within 6 % and nine in ten within 20 %.
const perByte = 121
const perWord = 508
const perSign = 576

const space = 0
const letter = 1
const sign = 2
const kinds = kindsOfBytes()

/** Returns about how many tokens a model sees in the text between the two places. */
export function estimateTokens(bytes: Uint8Array, start: number, end: number): number {
  let words = 0
  let signs = 0
  let before = space
  for (let at = start; at < end; at++) {
    const kind = kinds[bytes[at] ?? 0] ?? space
    if (kind === sign) signs += 1
    else if (kind === letter && before !== letter) words += 1
    before = kind
  }
  return Math.ceil(((end - start) * perByte + words * perWord + signs * perSign) / 1000)
}

/** Digits count by their bytes alone, and so does what follows the first byte of a character beyond ASCII. */
function kindsOfBytes(): Uint8Array {
  const table = new Uint8Array(256)
  table.fill(sign, 33, 127).fill(sign, 0xc0)
  table.fill(space, 48, 58)
  table.fill(letter, 65, 91).fill(letter, 97, 123)
  return table
}
