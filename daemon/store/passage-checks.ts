import { AiosError } from '../../contract/errors.ts'
import type { PassageRow } from './store.ts'

/** Throws unless each vector can be searched: one of a wrong length would be filled up in silence. */
export function checkVectors(passages: readonly PassageRow[], dimensions: number): void {
  for (const { key, vector } of passages) {
    if (vector.length !== dimensions) {
      throw new AiosError(
        'embedder.broken',
        `Got a vector of ${vector.length} numbers instead of ${dimensions} for ${key}.`,
      )
    }
    if (!vector.every(Number.isFinite)) {
      throw new AiosError('embedder.broken', `Got a vector with numbers that are not finite for ${key}.`)
    }
  }
}

/** Returns the place of a passage among those of its commit. */
export function ordinalOf({ key, oid }: PassageRow): number {
  const ordinal = Number(key.slice(oid.length + 1))
  if (key.startsWith(`${oid}:`) && Number.isInteger(ordinal) && ordinal >= 0) return ordinal
  throw new Error(`A passage's key must be its oid, a colon and its ordinal: ${key}`)
}
