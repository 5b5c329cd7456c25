import type { Span } from './model.ts'
import { tableRows } from './term-rows.ts'

/** Says how well full text thinks that messages fit passages. */
export interface Overlaps {
  /** Writes, for each message and each passage, between 0 and about the strength; message by message. */
  measure(messages: readonly Span[], passages: readonly Span[], into: Float32Array): void
}

const saturation = 1.2
const lengthShare = 0.75
const nobody = -1

/** Creates a BM25 over the few passages of a batch, with the rarities of the whole history. */
export function createOverlaps(
  rows: Uint16Array,
  rarities: Float32Array,
  usualLength: number,
  strength: number,
): Overlaps {
  // A list for each row of the passages that hold it: where it begins, and for each entry the next one.
  const heads = new Int32Array(tableRows).fill(nobody)
  const owners: number[] = []
  const nexts: number[] = []

  const enter = (passages: readonly Span[]) => {
    owners.length = 0
    nexts.length = 0
    for (const [owner, { start, length }] of passages.entries()) {
      for (let at = start; at < start + length; at++) {
        const row = rows[at] ?? 0
        nexts.push(heads[row] ?? nobody)
        heads[row] = owners.push(owner) - 1
      }
    }
  }

  const leave = (passages: readonly Span[]) => {
    for (const { start, length } of passages) {
      for (let at = start; at < start + length; at++) heads[rows[at] ?? 0] = nobody
    }
  }

  return {
    measure(messages, passages, into) {
      into.fill(0)
      enter(passages)
      const worth = passages.map(
        ({ length }) =>
          (1 + saturation) / (1 + saturation * (1 - lengthShare + (lengthShare * length) / usualLength)),
      )
      for (const [asked, { start, length }] of messages.entries()) {
        let whole = 0
        for (let at = start; at < start + length; at++) whole += rarities[rows[at] ?? 0] ?? 0
        for (let at = start; at < start + length; at++) {
          const row = rows[at] ?? 0
          const share = whole === 0 ? 0 : (strength * (rarities[row] ?? 0)) / whole
          for (let entry = heads[row] ?? nobody; entry !== nobody; entry = nexts[entry] ?? nobody) {
            const owner = owners[entry] ?? 0
            const place = asked * passages.length + owner
            into[place] = (into[place] ?? 0) + share * (worth[owner] ?? 0)
          }
        }
      }
      leave(passages)
    },
  }
}
