import { setTimeout as sleep } from 'node:timers/promises'
import { inTime } from './in-time.ts'

/**
 * Returns the same question, asked once for all who ask while it is being answered.
 *
 * What a caller gets was looked up after they asked: whoever comes while an answer is on its way waits for the
 * next one, which is shared by all who wait, and which does not begin sooner than `everyMs` after the last.
 */
export function sharing<T>(ask: () => Promise<T>, everyMs: number): () => Promise<T> {
  let running: Promise<T> | undefined
  let next: Promise<T> | undefined
  let beganAt = -Infinity

  function begin(): Promise<T> {
    next = undefined
    beganAt = performance.now()
    running = ask().finally(() => (running = undefined))
    return running
  }

  async function afterThis(): Promise<T> {
    await running?.catch(() => {})
    const early = () => beganAt + everyMs - performance.now()
    // A timer may go off a millisecond early.
    for (let left = early(); left > 0; left = early()) await sleep(left)
    return begin()
  }

  return () => {
    const isSoon = performance.now() - beganAt < everyMs
    if (running === undefined && next === undefined && !isSoon) return begin()
    next ??= afterThis()
    return next
  }
}

/**
 * Returns the same question, whose answer is given again for so many milliseconds, and to all who ask before it is
 * there. A failure is not kept.
 */
export function aging<T>(ask: () => Promise<T>, mostMs: number): () => Promise<T> {
  let kept: { readonly at: number; readonly answer: Promise<T>; isThere: boolean } | undefined

  return () => {
    if (kept !== undefined && (!kept.isThere || performance.now() - kept.at < mostMs)) return kept.answer
    const fresh = { at: performance.now(), answer: ask(), isThere: false }
    kept = fresh
    fresh.answer.then(
      () => (fresh.isThere = true),
      () => {
        if (kept === fresh) kept = undefined
      },
    )
    return fresh.answer
  }
}

/**
 * Returns the same question, answered as last time when the answer takes longer than this; the first is waited for. A
 * failure that comes later is told to nobody.
 */
export function impatient<T>(ask: () => Promise<T>, patienceMs: number): () => Promise<T> {
  let last: { readonly answer: T } | undefined

  return async () => {
    const next = ask().then((answer) => (last = { answer }))
    if (last === undefined) return (await next).answer
    const former = last
    const { answer } = (await inTime(next, patienceMs)) ?? former
    return answer
  }
}
