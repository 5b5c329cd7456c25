/** Oids as bytes, by number, one after the other. */
export interface OidBytes {
  put(number: number, oid: Uint8Array): void
  /** Says whether this is the oid of a number. */
  has(number: number, oid: Uint8Array): boolean
  /** Returns the oid of a number; zeros when none was put. */
  hex(number: number): string
  /** Returns what `hashOf` gives for the oid of a number. */
  hash(number: number): number
}

/** Creates room for oids of so many bytes. */
export function createOidBytes(width: number, hashOf: (bytes: Uint8Array, from: number) => number): OidBytes {
  let bytes = Buffer.alloc(1024 * width)
  return {
    put(number, oid) {
      if ((number + 1) * width > bytes.length) {
        const larger = Buffer.alloc((number + 1) * 2 * width)
        bytes.copy(larger)
        bytes = larger
      }
      bytes.set(oid, number * width)
    },
    // In a loop of its own: to call into the library for twenty bytes takes longer than to compare them.
    has(number, oid) {
      const from = number * width
      for (let at = 0; at < width; at += 1) if (bytes[from + at] !== oid[at]) return false
      return true
    },
    hex: (number) => bytes.toString('hex', number * width, (number + 1) * width),
    hash: (number) => hashOf(bytes, number * width),
  }
}
