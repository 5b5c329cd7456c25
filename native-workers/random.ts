import { mix } from './term-rows.ts'

/** Returns the next number by chance, from 0 up to but without 1. */
export type Random = () => number

/** Creates chance that is the same for the same seeds, on any machine. */
export function createRandom(...seeds: readonly number[]): Random {
  let state = seeds.reduce((sum, seed) => mix(Math.imul(sum, 31) + seed + 0x9e3779b9), 0)
  return () => {
    state = (state + 0x9e3779b9) | 0
    return (mix(state) >>> 0) / 2 ** 32
  }
}

/** Puts the numbers into an order by chance. */
export function shuffle(numbers: Uint32Array, random: Random): void {
  for (let at = numbers.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    const kept = numbers[at] ?? 0
    numbers[at] = numbers[other] ?? 0
    numbers[other] = kept
  }
}
