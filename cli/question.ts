import { AiosError } from '../contract/errors.ts'
import { limits } from '../contract/limits.ts'
import { grouped } from './amount.ts'

/** Returns the words as one question; a lone `-` asks for standard input. Too much is refused before it is sent. */
export async function questionFrom(words: readonly string[]): Promise<string> {
  const text = words.length === 1 && words[0] === '-' ? await readStdin() : words.join(' ')
  const size = Buffer.byteLength(text)
  if (size > limits.questionBytes) {
    const allowed = grouped(limits.questionBytes)
    throw new AiosError(
      'request.too-large',
      `The question has ${grouped(size)} bytes; ${allowed} are the most.`,
    )
  }
  return text.trim()
}

/** Words that occur everywhere and say nothing. */
const common = new Set(
  'the and for why how who when where what which does did was were are this that with'.split(' '),
)

/** Returns the words of the question that are worth showing where they occur. */
export function wordsOf(question: string): string[] {
  const words = question.toLowerCase().match(/[\p{L}\p{N}_]{3,}/gu) ?? []
  return [...new Set(words)].filter((word) => !common.has(word)).slice(0, 50)
}

async function readStdin(): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of process.stdin) {
    pieces.push(Buffer.from(piece))
    size += pieces.at(-1)?.length ?? 0
    if (size > limits.bodyBytes) break
  }
  return Buffer.concat(pieces).toString()
}
