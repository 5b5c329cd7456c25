import { dimensions } from '../conformance/store-rows.ts'

/** Returns the number of a round's embedder. */
export function axisOf(embedder: string): number {
  return Number(embedder.split('-')[1])
}

/** Returns vectors that all point along the axis of their round, one after the other. */
export function vectorsOf(count: number, round: number): Float32Array {
  return Float32Array.from({ length: count * dimensions }, (_, at) =>
    at % dimensions === round % dimensions ? 1 : 0,
  )
}
