import { isAscii } from 'node:buffer'
import { copyChangedLines } from './changed-lines.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { normalise, type Table } from './learned-encode.ts'
import { createTermCounter, type TermCounter } from './count-terms.ts'
import { blankKeys } from './private-keys.ts'
import { type Redacted, redact } from './redact.ts'

/** Texts to digest, as the embedder's port describes them. */
export interface Texts {
  readonly bytes: Uint8Array
  readonly offsets: Uint32Array
  readonly shape: 'message' | 'hunk'
  readonly labels: readonly string[]
}

/** What became of the texts, as the embedder's port describes it. */
export interface Digested {
  readonly terms: readonly string[]
  readonly vectors: Float32Array<ArrayBuffer>
  readonly tokens: Uint32Array<ArrayBuffer>
  readonly redactions: Uint32Array<ArrayBuffer>
  readonly texts: readonly string[]
}

/** Creates what digests texts with the vectors of this table; what it keeps between batches only saves time. */
export function createDigester(table: Table): (texts: Texts) => Promise<Digested> {
  const counter = createTermCounter()

  return async (batch) => {
    const raw = batch.shape === 'hunk' ? readHunks(batch) : readMessages(batch)
    const redacted = await redact(
      raw.map(({ text }) => text),
      batch.labels,
    )
    const count = redacted.length
    const vectors = new Float32Array(count * table.dimensions)
    const terms = redacted.map(({ text }, index) => {
      counter.start()
      counter.add(batch.labels[index] ?? '')
      counter.add(text)
      addVector(counter, table, vectors, index)
      return counter.terms()
    })
    return {
      terms,
      vectors,
      tokens: Uint32Array.from(redacted, (_text, index) =>
        estimateTokens(batch.bytes, batch.offsets[index] ?? 0, batch.offsets[index + 1] ?? 0),
      ),
      redactions: Uint32Array.from(redacted, (text, index) => text.count + (raw[index]?.count ?? 0)),
      texts: batch.shape === 'message' ? redacted.map(({ text }) => text) : [],
    }
  }
}

function readMessages({ bytes, offsets }: Texts): Redacted[] {
  const buffer = bufferOf(bytes)
  return Array.from(offsets.subarray(1), (end, index) => ({
    text: decode(buffer, offsets[index] ?? end, end),
    count: 0,
  }))
}

/** Returns the changed lines of each hunk, without prefixes and without private keys. */
function readHunks({ bytes, offsets }: Texts): Redacted[] {
  const buffer = bufferOf(bytes)
  let changed = Buffer.allocUnsafe(1 << 16)
  return Array.from(offsets.subarray(1), (end, index) => {
    const start = offsets[index] ?? end
    // A copied last line gets an end of line that the hunk may lack.
    if (changed.length <= end - start) changed = Buffer.allocUnsafe(2 * (end - start))
    if (!hasKey(buffer, start, end)) {
      return { text: decode(changed, 0, copyChangedLines(buffer, start, end, changed)), count: 0 }
    }
    const { text, count } = blankKeys(decode(buffer, start, end))
    const blanked = Buffer.from(text)
    const copy = Buffer.alloc(blanked.length + 1)
    return { text: decode(copy, 0, copyChangedLines(blanked, 0, blanked.length, copy)), count }
  })
}

function hasKey(buffer: Buffer, start: number, end: number): boolean {
  return buffer.subarray(start, end).includes('PRIVATE KEY')
}

function addVector(counter: TermCounter, table: Table, vectors: Float32Array, index: number): void {
  const sum = new Float64Array(table.dimensions)
  counter.each((hash, weight, count) => table.add(hash, weight, count, sum))
  normalise(sum, vectors, index * table.dimensions)
}

/** Decodes text; the usual case, ASCII, ten times as fast as UTF-8. */
function decode(buffer: Buffer, start: number, end: number): string {
  if (isAscii(buffer.subarray(start, end))) return buffer.toString('latin1', start, end)
  return buffer.toString('utf8', start, end)
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
