/** Blobs that were read a moment ago: the gates of one commit ask for the same ones. */
export interface KeptBlobs {
  get(oid: string): Buffer | undefined
  keep(oid: string, content: Buffer): void
  clear(): void
}

const mostBytes = 16 * 2 ** 20

/** Creates a place for blobs; what was asked for longest ago leaves when it is full. */
export function createKeptBlobs(): KeptBlobs {
  const kept = new Map<string, Buffer>()
  let bytes = 0

  return {
    get(oid) {
      const content = kept.get(oid)
      if (content !== undefined) {
        kept.delete(oid)
        kept.set(oid, content)
      }
      return content
    },
    keep(oid, content) {
      if (kept.has(oid) || content.length > mostBytes / 8) return
      kept.set(oid, content)
      bytes += content.length
      for (const [oldest, { length }] of kept) {
        if (bytes <= mostBytes) return
        kept.delete(oldest)
        bytes -= length
      }
    },
    clear() {
      kept.clear()
      bytes = 0
    },
  }
}
