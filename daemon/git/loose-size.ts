import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { constants, inflateSync } from 'node:zlib'

/** Enough of a loose object to hold its kind and its size. */
const headBytes = 128

/**
 * Returns the size of an object that lies in a file of its own, as what was staged just now mostly does;
 * undefined where git has to be asked.
 */
export async function looseSize(objects: string, oid: string): Promise<number | undefined> {
  const file = await open(join(objects, oid.slice(0, 2), oid.slice(2))).catch(() => undefined)
  if (file === undefined) return undefined
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    const head = inflateSync(buffer.subarray(0, bytesRead), { finishFlush: constants.Z_SYNC_FLUSH })
    const size = /^blob (\d{1,15})\0/.exec(head.toString('latin1', 0, 32))?.[1]
    return size === undefined ? undefined : Number(size)
  } catch {
    // Damaged, or written in a way of another time: git knows, and says so in words.
    return undefined
  } finally {
    await file.close()
  }
}
