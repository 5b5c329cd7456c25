import type { Cost } from '../../contract/route.ts'

/** How often something may happen: at once, and then in each second. */
interface Rate {
  readonly burst: number
  readonly perSecond: number
}

/** What one caller may ask of each cost class; `stranger` is whoever has shown nothing, by address. */
export type Rates = Readonly<Record<Cost | 'stranger', Rate>>

/** Far above what one tool needs, and below what would keep the daemon from everybody else. */
export const usualRates: Rates = {
  cheap: { burst: 20_000, perSecond: 10_000 },
  search: { burst: 600, perSecond: 300 },
  heavy: { burst: 20, perSecond: 2 },
  stranger: { burst: 100, perSecond: 20 },
}

/** Counts calls. */
export interface RateLimiter {
  /** Takes one call from what is left to the caller; returns the seconds to wait when nothing is, else 0. */
  take(caller: string, cost: keyof Rates): number
}

interface Bucket {
  left: number
  at: number
}

/** Callers that are remembered; who was quiet longest is forgotten first, and begins with a full bucket. */
const mostBuckets = 10_000

/** Creates a limiter: a token bucket for each caller and cost class. A clock that is set back takes nothing away. */
export function createRateLimiter(rates: Rates, now: () => number): RateLimiter {
  const buckets = new Map<string, Bucket>()

  function bucketOf(key: string, { burst }: Rate): Bucket {
    const bucket = buckets.get(key) ?? { left: burst, at: now() }
    // Set anew, so that the order of the map is the order of last use.
    buckets.delete(key)
    buckets.set(key, bucket)
    const [oldest] = buckets.keys()
    if (buckets.size > mostBuckets && oldest !== undefined) buckets.delete(oldest)
    return bucket
  }

  return {
    take(caller, cost) {
      const rate = rates[cost]
      const bucket = bucketOf(`${cost} ${caller}`, rate)
      const passed = Math.max(0, now() - bucket.at) / 1000
      bucket.left = Math.min(rate.burst, bucket.left + passed * rate.perSecond)
      bucket.at = now()
      if (bucket.left < 1) return (1 - bucket.left) / rate.perSecond
      bucket.left -= 1
      return 0
    },
  }
}
