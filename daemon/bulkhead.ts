import { availableParallelism } from 'node:os'
import { AiosError } from '../contract/errors.ts'
import { WaitError } from '../contract/wait-error.ts'

/**
 * Lets few act at once and few wait for it, and refuses the rest at once (the bulkhead of Nygard, *Release It!*).
 *
 * However many come, whoever is let in is answered soon, and there is time left for what is cheap.
 */
export interface Bulkhead {
  /**
   * Acts when there is room. Fails at once with `daemon.overloaded` when that would take long, and with the signal's
   * reason when the caller goes away while waiting.
   *
   * Who acts for too long is told to stop, and gives its place away whether it does or not: `question.unanswered`.
   */
  run<T>(act: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>
}

/** How much a bulkhead lets in. */
interface Room {
  readonly atOnce: number
  /** Whoever would have to wait for longer is refused, unless no more wait than may act at once. */
  readonly longestWaitMs: number
  /** Whoever acts for longer waits for something that does not come: a git that hangs, a disk that is gone. */
  readonly longestMs: number
}

/** What one question does beside its processor time is little: more at once take memory and are answered later. */
const usualRoom: Room = {
  atOnce: 2 * Math.max(2, availableParallelism()),
  longestWaitMs: 1_000,
  // A command waits for two minutes, and shall be told why.
  longestMs: 110_000,
}
/** How much the newest act counts in how long one takes. */
const weight = 0.1
/** What an act is taken to last before one has ended, and at least: so that the queue is short from the beginning. */
const firstMs = 50
const leastMs = 5

/** Creates a bulkhead in which nobody is yet. The clock is in milliseconds. */
export function createBulkhead(room = usualRoom, now: () => number = () => performance.now()): Bulkhead {
  const { atOnce, longestWaitMs, longestMs } = room
  const waiting = new Set<() => void>()
  let acting = 0
  let usualMs = firstMs

  /** Returns for how long one more would wait, as long as acts take what they took. */
  const expectedMs = (): number => ((waiting.size + 1) * usualMs) / atOnce

  async function enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (acting < atOnce) return void (acting += 1)
    const ms = expectedMs()
    if (waiting.size >= atOnce && ms > longestWaitMs) throw overloaded(acting + waiting.size, ms)
    const turn = Promise.withResolvers<void>()
    const give = () => turn.resolve()
    const leave = () => {
      if (waiting.delete(give)) turn.reject(signal.reason)
    }
    waiting.add(give)
    signal.addEventListener('abort', leave, { once: true })
    await turn.promise.finally(() => signal.removeEventListener('abort', leave))
  }

  /** Whoever waits longest takes the place over; else it is free. */
  function hand(): void {
    const [next] = waiting
    if (next === undefined) return void (acting -= 1)
    waiting.delete(next)
    next()
  }

  return {
    async run(act, signal) {
      await enter(signal)
      const began = now()
      try {
        return await limited(act, longestMs, signal)
      } finally {
        usualMs = Math.max(leastMs, usualMs + weight * (now() - began - usualMs))
        hand()
      }
    },
  }
}

async function limited<T>(
  act: (signal: AbortSignal) => Promise<T>,
  longestMs: number,
  signal: AbortSignal,
): Promise<T> {
  const late = new AbortController()
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const error = new AiosError('question.unanswered', `No answer was found in ${longestMs / 1000} s.`)
    late.abort(error)
    reject(error)
  }, longestMs)
  try {
    return await Promise.race([act(AbortSignal.any([signal, late.signal])), promise])
  } finally {
    clearTimeout(timer)
  }
}

function overloaded(before: number, ms: number): WaitError {
  const seconds = Math.ceil(ms / 1000)
  const detail = `${before} questions are being answered or wait; this one would wait for about ${seconds} s.`
  return new WaitError('daemon.overloaded', detail, seconds)
}
