import { createContrast, type Contrast } from './contrast.ts'
import type { Lessons } from './lessons.ts'
import { adjustRows, createModel, encodeRows, type Model, raritiesOf, type Rate, type Span } from './model.ts'
import { createOverlaps, type Overlaps } from './overlaps.ts'
import { createRandom, type Random, shuffle } from './random.ts'

/** What a training depends on besides its lessons. */
export interface TrainSettings {
  readonly dimensions: number
  readonly seed: number
}

/** A model, and how often it has seen all lessons. */
export interface Progressed {
  readonly model: Model
  readonly epochs: number
}

/** Told after each epoch, which is where a training can be taken up again; ends it by throwing. */
export type OnEpoch = (progressed: Progressed, surprise: number) => Promise<void>

/** How often all lessons are seen. */
export const allEpochs = 4
const pairsAtOnce = 256
/** Of a longer passage, a stretch by chance: its vector then says as much as that of a usual one. */
const termsAtOnce = 200
const temperature = 0.1
const overlapStrength = 4
const firstRates = { vectors: 1, weights: 0.3 }

/**
 * Trains a model: the same lessons and settings give the same bytes, in one go or taken up again.
 *
 * Lets the event loop turn after each batch, so that whoever waits can end it.
 */
export async function train(
  lessons: Lessons,
  { dimensions, seed }: TrainSettings,
  from: Progressed | undefined,
  onEpoch: OnEpoch,
): Promise<Model> {
  const model = from?.model ?? createModel(lessons, dimensions, seed)
  const step = createStep(lessons, model)
  const batches = Math.ceil(lessons.count / pairsAtOnce)
  for (let epoch = from?.epochs ?? 0; epoch < allEpochs; epoch++) {
    const random = createRandom(seed, epoch + 1)
    const order = Uint32Array.from({ length: lessons.count }, (_, index) => index)
    shuffle(order, random)
    let surprise = 0
    for (let batch = 0; batch < batches; batch++) {
      const left = 1 - (epoch * batches + batch) / (allEpochs * batches)
      const rate = { vectors: firstRates.vectors * left, weights: firstRates.weights * left }
      const chosen = order.subarray(batch * pairsAtOnce, (batch + 1) * pairsAtOnce)
      surprise += step(chosen, random, rate)
      await turn()
    }
    await onEpoch({ model, epochs: epoch + 1 }, surprise / Math.max(1, batches))
  }
  return model
}

/** Learns from some lessons, and returns how surprising they were. */
type Step = (chosen: Uint32Array, random: Random, rate: Rate) => number

function createStep(lessons: Lessons, model: Model): Step {
  const { rows } = lessons
  const { dimensions } = model
  const contrast: Contrast = createContrast(pairsAtOnce, temperature)
  const overlaps: Overlaps = createOverlaps(
    rows,
    raritiesOf(lessons),
    usualLengthOf(lessons),
    overlapStrength,
  )
  const overlap = new Float32Array(pairsAtOnce * pairsAtOnce)
  const vectors = () => new Float32Array(pairsAtOnce * dimensions)
  const encoded = { messages: vectors(), passages: vectors() }
  const gradients = { messages: vectors(), passages: vectors() }

  return (chosen, random, rate) => {
    const spans = {
      messages: Array.from(chosen, (lesson) => subjectOf(lessons, lesson)),
      passages: Array.from(chosen, (lesson) => passageOf(lessons, lesson, random)),
    }
    const norms = {
      messages: spans.messages.map((span, at) =>
        encodeRows(model, rows, span, encoded.messages, at * dimensions),
      ),
      passages: spans.passages.map((span, at) =>
        encodeRows(model, rows, span, encoded.passages, at * dimensions),
      ),
    }
    overlaps.measure(spans.messages, spans.passages, overlap)
    const subjects = Int32Array.from(chosen, (lesson) => lessons.subjects[lesson] ?? 0)
    const surprise = contrast.compare(
      { count: chosen.length, dimensions, ...encoded, overlaps: overlap, subjects },
      gradients,
    )
    for (let at = 0; at < chosen.length; at++) {
      for (const side of ['messages', 'passages'] as const) {
        const span = spans[side][at]
        if (span === undefined) continue
        const slope = {
          encoded: encoded[side],
          gradient: gradients[side],
          place: at * dimensions,
          norm: norms[side][at] ?? 1,
        }
        adjustRows(model, rows, span, slope, rate)
      }
    }
    return surprise
  }
}

function subjectOf({ starts, firsts }: Lessons, lesson: number): Span {
  return spanOf(starts, firsts[lesson] ?? 0)
}

/** Returns one of the commit's passages by chance, and of a long one a stretch by chance. */
function passageOf({ starts, firsts }: Lessons, lesson: number, random: Random): Span {
  const first = (firsts[lesson] ?? 0) + 2
  const count = (firsts[lesson + 1] ?? first) - first
  const span = spanOf(starts, first + Math.floor(random() * count))
  if (span.length <= termsAtOnce) return span
  const skipped = Math.floor(random() * (span.length - termsAtOnce + 1))
  return { start: span.start + skipped, length: termsAtOnce }
}

function spanOf(starts: Uint32Array, text: number): Span {
  const start = starts[text] ?? 0
  return { start, length: (starts[text + 1] ?? start) - start }
}

function usualLengthOf({ count, starts, firsts }: Lessons): number {
  let terms = 0
  let passages = 0
  for (let lesson = 0; lesson < count; lesson++) {
    const first = (firsts[lesson] ?? 0) + 2
    const end = firsts[lesson + 1] ?? first
    passages += end - first
    terms += (starts[end] ?? 0) - (starts[first] ?? 0)
  }
  return Math.max(1, terms / Math.max(1, passages))
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}
