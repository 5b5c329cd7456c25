import { createRandom } from '../../native-workers/random.ts'

/** How good a ranking was, each between 0 and 1. */
export interface Measured {
  readonly r1: number
  readonly r10: number
  readonly mrr: number
}

/** Where a figure lies with 95 % probability. */
export type Interval = [low: number, high: number]

/**
 * Returns the figures of places at which answers stood, counted from 1; 0 is not found. Undefined without any.
 */
export function measure(places: readonly number[]): Measured | undefined {
  if (places.length === 0) return undefined
  return {
    r1: meanOf(places.map((place) => Number(place === 1))),
    r10: meanOf(places.map((place) => Number(place > 0 && place <= 10))),
    mrr: meanOf(places.map(reciprocal)),
  }
}

/** Returns the 95 % intervals of the same figures. */
export function intervalsOf(places: readonly number[], seed: number): Record<keyof Measured, Interval> {
  const of = (value: (place: number) => number) => bootstrap(places.map(value), seed)
  return {
    r1: of((place) => Number(place === 1)),
    r10: of((place) => Number(place > 0 && place <= 10)),
    mrr: of(reciprocal),
  }
}

/** Resamples that an interval is read from. */
const resamples = 1000

/** Returns where the mean of values lies, by the percentiles of resamples (Efron, 1979). */
function bootstrap(values: readonly number[], seed: number): Interval {
  if (values.length === 0) return [0, 0]
  const random = createRandom(seed, values.length)
  const means = Float64Array.from({ length: resamples }, () => {
    let sum = 0
    for (let left = values.length; left > 0; left--) sum += values[Math.floor(random() * values.length)] ?? 0
    return sum / values.length
  }).sort()
  const at = (share: number): number => means[Math.round(share * (resamples - 1))] ?? 0
  return [at(0.025), at(0.975)]
}

/**
 * Returns the probability that a score of the first kind is above one of the second; a tie counts half (Hanley and
 * McNeil, 1982). Undefined when one of the kinds is empty.
 */
export function auroc(positive: readonly number[], negative: readonly number[]): number | undefined {
  if (positive.length === 0 || negative.length === 0) return undefined
  const sorted = negative.toSorted((one, other) => one - other)
  const wins = positive.reduce((sum, score) => {
    const below = countBelow(sorted, (value) => value < score)
    const upTo = countBelow(sorted, (value) => value <= score)
    return sum + below + (upTo - below) / 2
  }, 0)
  return wins / (positive.length * negative.length)
}

/** Returns the mean; 0 of nothing. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

function reciprocal(place: number): number {
  return place === 0 ? 0 : 1 / place
}

/** Counts the values of an ascending list that are below, by halving. */
function countBelow(sorted: readonly number[], isBelow: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBelow(sorted[middle] ?? 0)) low = middle + 1
    else high = middle
  }
  return low
}
