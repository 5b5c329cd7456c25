/** Who asks for nothing else waits as long as for any other answer that is not at hand. */
const usualSeconds = 1
const mostSeconds = 600

/** Returns how long a caller waits, by its `Prefer` header (RFC 7240), and which preference that is. */
export function patienceOf(prefer: string): { seconds: number; applied?: string } {
  const wishes = prefer.split(',').map((wish) => wish.split(';')[0]?.trim().toLowerCase() ?? '')
  const wait = wishes
    .map((wish) => /^wait="?(\d{1,9})"?$/.exec(wish)?.[1])
    .find((seconds) => seconds !== undefined)
  if (wait !== undefined) {
    const seconds = Math.min(mostSeconds, Number(wait))
    return { seconds, applied: `wait=${seconds}` }
  }
  return wishes.includes('respond-async')
    ? { seconds: 0, applied: 'respond-async' }
    : { seconds: usualSeconds }
}

/** Returns the urgency of a `Priority` header (RFC 9218): 0 is done first, 7 last. */
export function urgencyOf(priority: string): number | undefined {
  const urgency = /(?:^|,)\s*u\s*=\s*([0-7])\s*(?:[,;]|$)/.exec(priority)?.[1]
  return urgency === undefined ? undefined : Number(urgency)
}
