import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** Returns a file’s size and its SHA-256 in hex, reading it piece by piece. */
export async function sumOf(path: string, signal: AbortSignal): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of createReadStream(path, { signal })) {
    const chunk = Buffer.from(piece)
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}
