/** Keeps a plugin that fails again and again from being asked for a while. */
export interface Breaker {
  /** `probe`: it has rested, and is to prove itself before it is asked. */
  state(): 'closed' | 'open' | 'probe'
  succeeded(): void
  failed(): void
  /** Milliseconds since the epoch; 0 while it is closed. */
  openUntil(): number
}

const mostInRow = 3
const mostOfLast = 5
const last = 20
const firstRestMs = 60_000
const longestRestMs = 60 * 60_000

/** Creates a closed breaker. It opens for a minute, and for twice as long each time the plugin has not mended. */
export function createBreaker(now: () => number): Breaker {
  let outcomes: boolean[] = []
  let inRow = 0
  let restMs = firstRestMs
  let until = 0

  const open = () => {
    until = now() + restMs
    restMs = Math.min(restMs * 2, longestRestMs)
  }

  return {
    state: () => (until === 0 ? 'closed' : now() < until ? 'open' : 'probe'),
    openUntil: () => until,
    succeeded() {
      if (until !== 0) outcomes = []
      else if (outcomes.length === last && outcomes.every((isGood) => isGood)) restMs = firstRestMs
      until = 0
      inRow = 0
      outcomes = [...outcomes, true].slice(-last)
    },
    failed() {
      inRow += 1
      outcomes = [...outcomes, false].slice(-last)
      const bad = outcomes.filter((isGood) => !isGood).length
      if (until !== 0 || inRow >= mostInRow || bad >= mostOfLast) open()
    },
  }
}
