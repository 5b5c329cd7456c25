import { createReadStream } from 'node:fs'
import { mostLineBytes } from './chain.ts'

/** One line of the file, without its end. */
export interface Line {
  /** Undefined when it is longer than any entry. */
  readonly text: string | undefined
  /** False for the last one when it was cut short. */
  readonly isEnded: boolean
}

const newline = 0x0a

/** Yields the lines of a file, which need not fit into memory; nothing when there is no file. */
export async function* linesOf(file: string, signal: AbortSignal): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0)
  let isLong = false
  try {
    for await (const piece of createReadStream(file, { signal })) {
      let bytes = Buffer.concat([rest, Buffer.from(piece)])
      for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline)) {
        yield {
          text: isLong || at > mostLineBytes ? undefined : bytes.toString('utf8', 0, at),
          isEnded: true,
        }
        isLong = false
        bytes = bytes.subarray(at + 1)
      }
      isLong ||= bytes.length > mostLineBytes
      rest = isLong ? Buffer.alloc(0) : bytes
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  }
  if (isLong || rest.length > 0) yield { text: isLong ? undefined : rest.toString(), isEnded: false }
}
