import { createHash } from 'node:crypto'
import { normalise, type Table } from './learned-encode.ts'
import type { Model } from './model.ts'
import { eachRow, rowOf, tableRows } from './term-rows.ts'

/** A learned table as it is kept and used: a byte a number, and a scale a row. */
export interface Weights {
  readonly dimensions: number
  readonly values: Int8Array
  readonly scales: Float32Array
}

/** Begins each file of weights; another form of them begins otherwise. */
const mark = Buffer.from('aios learned table 2\n')
const largest = 127

/**
 * Returns a model's weights as the bytes of a file.
 *
 * A quarter of the room of the numbers that were trained, and as good: the ranking does not change.
 */
export function packWeights({ dimensions, vectors, weights }: Model): Buffer {
  const values = new Int8Array(vectors.length)
  const scales = new Float32Array(tableRows)
  for (let row = 0; row < tableRows; row++) {
    const from = row * dimensions
    let most = 0
    for (let at = from; at < from + dimensions; at++) most = Math.max(most, Math.abs(vectors[at] ?? 0))
    if (most === 0) continue
    for (let at = from; at < from + dimensions; at++) {
      values[at] = Math.round(((vectors[at] ?? 0) / most) * largest)
    }
    scales[row] = ((weights[row] ?? 0) * most) / largest
  }
  const size = Buffer.alloc(4)
  size.writeUInt32LE(dimensions)
  return Buffer.concat([mark, size, bytesOf(scales), bytesOf(values)])
}

/** Returns the weights that these bytes are; undefined when they are not, or not the ones with this hash. */
export function readWeights(bytes: Uint8Array, hash: string): Weights | undefined {
  if (hashOfWeights(bytes) !== hash || !mark.equals(bytes.subarray(0, mark.length))) return undefined
  const dimensions = Buffer.from(bytes).readUInt32LE(mark.length)
  const scalesAt = mark.length + 4
  const valuesAt = scalesAt + tableRows * 4
  if (bytes.length !== valuesAt + tableRows * dimensions) return undefined
  return {
    dimensions,
    // Copied, so that the numbers lie where numbers of four bytes may lie.
    scales: new Float32Array(new Uint8Array(bytes.subarray(scalesAt, valuesAt)).buffer),
    values: new Int8Array(new Uint8Array(bytes.subarray(valuesAt)).buffer),
  }
}

/** Returns what weights are named by. */
export function hashOfWeights(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32)
}

/** Creates the table of learned weights. What it was trained on were sets of terms: how often one stands there does not count. */
export function createTrainedTable(weights: Weights): Table {
  return {
    dimensions: weights.dimensions,
    add: (hash, _weight, _count, into) => addRow(weights, rowOf(hash), into),
  }
}

/** Returns the vectors of texts whose terms are joined by spaces, each once; the same that a digest of the texts has. */
export function encodeTerms(texts: readonly string[], weights: Weights): Float32Array<ArrayBuffer> {
  const { dimensions } = weights
  const vectors = new Float32Array(texts.length * dimensions)
  const sum = new Float64Array(dimensions)
  for (const [index, terms] of texts.entries()) {
    sum.fill(0)
    eachRow(terms, (row) => addRow(weights, row, sum))
    normalise(sum, vectors, index * dimensions)
  }
  return vectors
}

function addRow({ dimensions, values, scales }: Weights, row: number, into: Float64Array): void {
  const scale = scales[row] ?? 0
  const from = row * dimensions
  for (let at = 0; at < dimensions; at++) into[at] = (into[at] ?? 0) + scale * (values[from + at] ?? 0)
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
