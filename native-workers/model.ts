import type { Lessons } from './lessons.ts'
import { createRandom } from './random.ts'
import { tableRows } from './term-rows.ts'

/** What training changes: a vector and a weight for each row, and how much each was changed already. */
export interface Model {
  readonly dimensions: number
  readonly vectors: Float32Array
  readonly weights: Float32Array
  readonly vectorSquares: Float32Array
  readonly weightSquares: Float32Array
}

/** A text as rows: where it begins among the rows of all lessons, and how many there are. */
export interface Span {
  readonly start: number
  readonly length: number
}

/** What AdaGrad divides by at first, so that it never divides by nothing. */
const leastSquare = 1e-6

/**
 * Creates the model that has learned nothing: signs by chance, weighted by how rare each row is.
 *
 * With these, two texts are near each other when they share rare terms; training starts from there.
 */
export function createModel(lessons: Lessons, dimensions: number, seed: number): Model {
  const random = createRandom(seed, dimensions)
  const vectors = new Float32Array(tableRows * dimensions)
  for (let at = 0; at < vectors.length; at++) vectors[at] = random() < 0.5 ? -1 : 1
  return {
    dimensions,
    vectors,
    weights: raritiesOf(lessons).map(firstWeight),
    vectorSquares: new Float32Array(tableRows).fill(leastSquare),
    weightSquares: new Float32Array(tableRows).fill(leastSquare),
  }
}

/** Rare rows count for less than their rarity at first, its power of three quarters: training finds out which to trust. */
function firstWeight(rarity: number): number {
  return Math.sqrt(rarity * Math.sqrt(rarity))
}

/** Returns the inverse document frequency of each row, 1 for one that was never seen. */
export function raritiesOf({ count, rows, starts, firsts }: Lessons): Float32Array {
  const seen = new Uint32Array(tableRows)
  let texts = 0
  for (let lesson = 0; lesson < count; lesson++) {
    const first = (firsts[lesson] ?? 0) + 1
    const end = firsts[lesson + 1] ?? first
    texts += end - first
    for (let at = starts[first] ?? 0; at < (starts[end] ?? 0); at++) {
      const row = rows[at] ?? 0
      seen[row] = (seen[row] ?? 0) + 1
    }
  }
  const most = Math.log(1 + (texts + 0.5) / 0.5)
  return Float32Array.from(seen, (times) => Math.log(1 + (texts - times + 0.5) / (times + 0.5)) / most)
}

/** Writes a text's vector, made one long, to the place, and returns how long it was. */
export function encodeRows(
  { dimensions, vectors, weights }: Model,
  rows: Uint16Array,
  { start, length }: Span,
  into: Float32Array,
  place: number,
): number {
  const sum = new Float64Array(dimensions)
  for (let index = start; index < start + length; index++) {
    const row = rows[index] ?? 0
    const weight = weights[row] ?? 0
    const from = row * dimensions
    for (let at = 0; at < dimensions; at++) sum[at] = (sum[at] ?? 0) + weight * (vectors[from + at] ?? 0)
  }
  let squares = 0
  for (const value of sum) squares += value * value
  const norm = squares > 0 ? Math.sqrt(squares) : 1
  for (let at = 0; at < dimensions; at++) into[place + at] = (sum[at] ?? 0) / norm
  return norm
}

/** A text's vector, how long it was before it was made one long, and where it ought to go instead. */
export interface Slope {
  readonly encoded: Float32Array
  readonly gradient: Float32Array
  /** Where the text's numbers begin in both. */
  readonly place: number
  readonly norm: number
}

/** How far a step goes, for each kind of number. */
export interface Rate {
  readonly vectors: number
  readonly weights: number
}

/** Changes the rows of a text so that its vector moves against its gradient: AdaGrad, a step a row and a weight. */
export function adjustRows(model: Model, rows: Uint16Array, span: Span, slope: Slope, rate: Rate): void {
  const { dimensions, vectors, weights, vectorSquares, weightSquares } = model
  const pull = pullOf(slope, dimensions)
  let squares = 0
  for (const value of pull) squares += value * value
  squares /= dimensions
  for (let index = span.start; index < span.start + span.length; index++) {
    const row = rows[index] ?? 0
    const from = row * dimensions
    const weight = weights[row] ?? 0
    const vectorSquare = (vectorSquares[row] ?? 0) + weight * weight * squares
    vectorSquares[row] = vectorSquare
    const step = (rate.vectors * weight) / Math.sqrt(vectorSquare)
    let along = 0
    for (let at = 0; at < dimensions; at++) {
      const value = vectors[from + at] ?? 0
      const towards = pull[at] ?? 0
      along += towards * value
      vectors[from + at] = value - step * towards
    }
    const weightSquare = (weightSquares[row] ?? 0) + along * along
    weightSquares[row] = weightSquare
    weights[row] = Math.max(0, weight - (rate.weights * along) / Math.sqrt(weightSquare))
  }
}

/** What the gradient of a vector that was made one long means for the sum that it was made of. */
function pullOf({ encoded, gradient, place, norm }: Slope, dimensions: number): Float64Array {
  const pull = new Float64Array(dimensions)
  let along = 0
  for (let at = 0; at < dimensions; at++) along += (gradient[place + at] ?? 0) * (encoded[place + at] ?? 0)
  for (let at = 0; at < dimensions; at++) {
    pull[at] = ((gradient[place + at] ?? 0) - along * (encoded[place + at] ?? 0)) / norm
  }
  return pull
}
