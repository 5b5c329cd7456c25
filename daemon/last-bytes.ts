import { open } from 'node:fs/promises'

/** Returns the whole lines among the last bytes of a file; nothing when there is no file. */
export async function lastBytes(path: string, most: number): Promise<string> {
  const handle = await open(path, 'r').catch(() => undefined)
  if (handle === undefined) return ''
  try {
    const { size } = await handle.stat()
    const buffer = Buffer.alloc(Math.min(size, most))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, size - buffer.length)
    const text = buffer.toString('utf8', 0, bytesRead)
    return size > most ? text.slice(text.indexOf('\n') + 1) : text
  } finally {
    await handle.close()
  }
}
