import { Readable } from 'node:stream'
import type { ProblemDocument } from '../../contract/service.ts'

/**
 * Returns the replies as newline-delimited JSON.
 *
 * Waits for the first one, so that a stream that cannot begin is refused like any other call. One that
 * fails later says so in its last line, because its status has been sent by then.
 */
export async function ndjson(
  replies: AsyncIterable<unknown>,
  explain: (error: unknown) => ProblemDocument,
): Promise<Readable> {
  const iterator = replies[Symbol.asyncIterator]()
  const first = await iterator.next()
  return Readable.from(lines(first, iterator, explain), { objectMode: false })
}

async function* lines(
  first: IteratorResult<unknown>,
  iterator: AsyncIterator<unknown>,
  explain: (error: unknown) => ProblemDocument,
): AsyncGenerator<string> {
  try {
    for (let step = first; step.done !== true; step = await iterator.next()) yield lineOf(step.value)
  } catch (error) {
    yield lineOf({ problem: explain(error) })
  } finally {
    await iterator.return?.()
  }
}

function lineOf(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}

/** Says whether the answer comes in pieces. */
export function isStream(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer
}
