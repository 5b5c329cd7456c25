import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Returns 256 random bits, as text that fits into a header, a cookie and an address. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** Returns what may be kept of a secret: it cannot be turned back, because nobody can guess 256 bits. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** Says whether the secret has this digest; takes as long for a near miss as for any other. */
export function hasDigest(secret: string, digest: string): boolean {
  const one = Buffer.from(digestOf(secret))
  const other = Buffer.from(digest)
  return one.length === other.length && timingSafeEqual(one, other)
}
