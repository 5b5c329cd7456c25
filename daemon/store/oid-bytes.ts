/** Oids as bytes, by number, one after the other. */
export interface OidBytes {
  put(number: number, oid: Buffer): void
  /** Returns the oid of a number; zeros when none was put. */
  at(number: number): Buffer
  /** Returns the first four bytes of a number's oid, the first eight digits, as a number. */
  startAt(number: number): number
}

/** Creates room for oids of so many bytes. */
export function createOidBytes(width: number): OidBytes {
  let bytes = Buffer.alloc(1024 * width)
  return {
    put(number, oid) {
      if ((number + 1) * width > bytes.length) {
        const larger = Buffer.alloc((number + 1) * 2 * width)
        bytes.copy(larger)
        bytes = larger
      }
      oid.copy(bytes, number * width)
    },
    at: (number) => bytes.subarray(number * width, (number + 1) * width),
    startAt: (number) => bytes.readUInt32BE(number * width),
  }
}
