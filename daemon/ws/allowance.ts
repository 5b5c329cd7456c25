/** How much of something is allowed. */
export interface Allowed {
  readonly atOnce: number
  readonly perSecond: number
}

/** Returns what says whether one more is allowed now, and counts it: a token bucket. `now` is in milliseconds. */
export function createAllowance({ atOnce, perSecond }: Allowed, now: () => number): () => boolean {
  let left = atOnce
  let filledAt = now()

  return () => {
    const at = now()
    left = Math.min(atOnce, left + ((at - filledAt) / 1000) * perSecond)
    filledAt = at
    if (left < 1) return false
    left -= 1
    return true
  }
}
