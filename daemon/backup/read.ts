import { createReadStream, type ReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { Parser, type ReadEntry } from 'tar'
import type { BackupManifest } from '../../contract/backup.ts'
import { AiosError } from '../../contract/errors.ts'
import { createTaker } from './take.ts'

/**
 * Reads an archive from beginning to end and returns its list of files; with a target, unpacks it there.
 *
 * It fails with `backup.unreadable` unless every file is one that the list names, of its size and its sum, and
 * none is missing. What the list may name lies below the two folders of aios, so nothing lands elsewhere; links and
 * everything else that is no file are refused. What was unpacked is on the disk.
 */
export async function readBackup(
  path: string,
  target: string | undefined,
  signal: AbortSignal,
): Promise<BackupManifest> {
  const taker = createTaker(target)
  const file = createReadStream(path, { signal })
  try {
    const parser = new Parser({ strict: true, maxMetaEntrySize: 64 * 1024 })
    parser.on('error', (error: Error) => {
      throw error
    })
    parser.on('entry', (entry: ReadEntry) => taker.take(entry))
    // Nothing that is taken is waited for, so what is written here has been taken when it returns.
    for await (const piece of unzipped(file)) parser.write(piece)
    parser.end()
    return taker.finish()
  } catch (cause) {
    signal.throwIfAborted()
    throw asUnreadable(path, cause)
  } finally {
    taker.close()
    file.destroy()
  }
}

async function* unzipped(file: ReadStream): AsyncGenerator<Buffer> {
  const gunzip = createGunzip()
  file.once('error', (error) => gunzip.destroy(error))
  for await (const piece of file.pipe(gunzip)) yield Buffer.from(piece)
}

function asUnreadable(path: string, cause: unknown): AiosError {
  if (cause instanceof AiosError) return cause
  const why = cause instanceof Error ? cause.message : String(cause)
  return new AiosError('backup.unreadable', `${path} cannot be restored: ${why}.`, { cause })
}
