/** Messages and passages of the same commits, in the same order, and what is known of them without vectors. */
export interface Pairs {
  readonly count: number
  readonly dimensions: number
  /** Vectors, one after the other. */
  readonly messages: Float32Array
  readonly passages: Float32Array
  /** How well full text thinks that each message fits each passage. */
  readonly overlaps: Float32Array
  /** Pairs whose subjects are equal are no wrong answers to each other. */
  readonly subjects: Int32Array
}

/** Where the vectors ought to go, against the sign. */
export interface Gradients {
  readonly messages: Float32Array
  readonly passages: Float32Array
}

/** Compares each message with each passage; what it needs between two batches is kept. */
export interface Contrast {
  /** Writes the gradients, and returns how surprising the right answers were, on average. */
  compare(pairs: Pairs, into: Gradients): number
}

/**
 * Creates the loss: InfoNCE in both directions, so that of all passages of the batch a message is nearest to
 * its own, and of all messages a passage to its own.
 *
 * What full text says already is added before the choice is made. So the vectors learn what it cannot say.
 */
export function createContrast(mostPairs: number, temperature: number): Contrast {
  const likely = new Float32Array(mostPairs * mostPairs)
  const byMessage = new Float64Array(mostPairs)
  const byPassage = new Float64Array(mostPairs)

  const fill = ({ count, dimensions, messages, passages, overlaps, subjects }: Pairs) => {
    byMessage.fill(0)
    byPassage.fill(0)
    for (let one = 0; one < count; one++) {
      for (let other = 0; other < count; other++) {
        const place = one * count + other
        const isTwin = one !== other && subjects[one] === subjects[other]
        const nearness = isTwin
          ? 0
          : product(messages, one * dimensions, passages, other * dimensions, dimensions)
        const value = isTwin ? 0 : Math.exp((nearness - 1) / temperature + (overlaps[place] ?? 0))
        likely[place] = value
        byMessage[one] = (byMessage[one] ?? 0) + value
        byPassage[other] = (byPassage[other] ?? 0) + value
      }
    }
  }

  const surprise = (count: number): number => {
    let sum = 0
    for (let one = 0; one < count; one++) {
      sum -= Math.log((likely[one * count + one] ?? 0) / (byMessage[one] ?? 1))
    }
    return sum / count
  }

  return {
    compare(pairs, into) {
      const { count, dimensions, messages, passages } = pairs
      fill(pairs)
      into.messages.fill(0)
      into.passages.fill(0)
      for (let one = 0; one < count; one++) {
        for (let other = 0; other < count; other++) {
          const value = likely[one * count + other] ?? 0
          const share = value / (byMessage[one] ?? 1) + value / (byPassage[other] ?? 1)
          const slope = (share - (one === other ? 2 : 0)) / (2 * temperature)
          if (slope === 0) continue
          addTimes(slope, passages, other * dimensions, into.messages, one * dimensions, dimensions)
          addTimes(slope, messages, one * dimensions, into.passages, other * dimensions, dimensions)
        }
      }
      return surprise(count)
    },
  }
}

function product(a: Float32Array, from: number, b: Float32Array, start: number, length: number): number {
  let sum = 0
  for (let at = 0; at < length; at++) sum += (a[from + at] ?? 0) * (b[start + at] ?? 0)
  return sum
}

function addTimes(
  factor: number,
  source: Float32Array,
  from: number,
  into: Float32Array,
  to: number,
  length: number,
): void {
  for (let at = 0; at < length; at++) into[to + at] = (into[to + at] ?? 0) + factor * (source[from + at] ?? 0)
}
