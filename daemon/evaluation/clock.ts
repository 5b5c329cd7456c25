import type { EvaluationNews } from '../../contract/evaluation.ts'

/** Says how far an evaluation is, and how long what it does now will take. */
export interface Clock {
  /** Begins to measure the time of something new. */
  begin(phase: string): void
  /** Says so much of something is done; of a total of 0 nobody knows how much there is. */
  say(phase: string, done: number, total: number): void
  seconds(): number
}

/** How often is said how far it is: a person sees no more. */
const everyMs = 100

/** Creates a clock that begins now. */
export function createClock(tell: (news: EvaluationNews) => void, now = () => performance.now()): Clock {
  const began = now()
  let current = ''
  let since = began
  let last = -Infinity

  function begin(phase: string): void {
    if (phase === current) return
    current = phase
    since = now()
    last = -Infinity
  }

  return {
    begin,
    say(phase, done, total) {
      begin(phase)
      const at = now()
      if (at - last < everyMs && done < total) return
      last = at
      const left = done > 0 && total > done ? ((at - since) / 1000 / done) * (total - done) : undefined
      tell({ type: 'progress', phase, done, total, ...(left === undefined ? {} : { secondsLeft: left }) })
    },
    seconds: () => (now() - began) / 1000,
  }
}
