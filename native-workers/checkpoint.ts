import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { writeDurably } from './durable-file.ts'
import type { Model } from './model.ts'
import { tableRows } from './term-rows.ts'
import type { Progressed, TrainSettings } from './train.ts'

/** Names everything that a training depends on: one that was begun for something else is no use. */
export function nameOfTraining({ dimensions, seed }: TrainSettings, fingerprint: string): string {
  return `aios training 2 ${dimensions} ${seed} ${fingerprint}`
}

const sumBytes = 32

/** Keeps how far a training is. It is on the disk when this is fulfilled. */
export async function keepCheckpoint(
  path: string,
  name: string,
  { model, epochs }: Progressed,
): Promise<void> {
  const parts = [
    Buffer.from(`${name}\n${epochs}\n`),
    ...partsOf(model).map(({ buffer, byteOffset, byteLength }) =>
      Buffer.from(buffer, byteOffset, byteLength),
    ),
  ]
  await writeDurably(path, [...parts, sumOf(parts)])
}

/** Returns how far the training with this name is; undefined when nothing whole was kept of it. */
export async function readCheckpoint(
  path: string,
  name: string,
  dimensions: number,
): Promise<Progressed | undefined> {
  const bytes = await readFile(path).catch(() => undefined)
  if (bytes === undefined) return undefined
  const body = bytes.subarray(0, Math.max(0, bytes.length - sumBytes))
  if (!sumOf([body]).equals(bytes.subarray(body.length))) return undefined
  const nameEnd = body.indexOf('\n')
  const head = body.indexOf('\n', nameEnd + 1)
  if (body.toString('utf8', 0, nameEnd) !== name) return undefined
  const lengths = [tableRows * dimensions, tableRows, tableRows, tableRows]
  let at = head + 1
  const [vectors, weights, vectorSquares, weightSquares] = lengths.map((length) => {
    const numbers = new Float32Array(new Uint8Array(body.subarray(at, at + length * 4)).buffer)
    at += length * 4
    return numbers
  })
  if (vectors === undefined || weights === undefined) return undefined
  if (vectorSquares === undefined || weightSquares === undefined) return undefined
  const model = { dimensions, vectors, weights, vectorSquares, weightSquares }
  return { model, epochs: Number(body.toString('utf8', nameEnd + 1, head)) }
}

function partsOf({ vectors, weights, vectorSquares, weightSquares }: Model): Float32Array[] {
  return [vectors, weights, vectorSquares, weightSquares]
}

function sumOf(parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
