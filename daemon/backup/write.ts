import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { access, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { Pack } from 'tar'
import type { BackupAnswer } from '../../contract/backup.ts'
import { AiosError } from '../../contract/errors.ts'
import { gather, type BackupParts } from './gather.ts'
import { manifestName } from './places.ts'
import { sumOf } from './sums.ts'

/** What folders begin with in which a backup is gathered. */
const gathering = 'backup-'

/**
 * Writes an archive while the daemon goes on, piece by piece. It appears under its name when all of it is on the
 * disk; whatever was there before stays, and the call fails.
 */
export async function writeBackup(
  path: string,
  full: boolean,
  parts: BackupParts,
  signal: AbortSignal,
): Promise<BackupAnswer> {
  const { state } = parts.folders
  await refuseTaken(path)
  await removeGathered(state)
  const folder = await mkdtemp(join(state, gathering))
  try {
    const { manifest, left } = await gather(folder, full, parts, signal)
    const files = [manifestName, ...manifest.files.map((file) => file.path)]
    const sum = await packFresh(folder, files, path, signal)
    return { path, ...sum, full, files: manifest.files.length, left: [...left] }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Packs files of a folder in this order into a new archive, for its owner alone; returns its size and its sum. */
export async function packFresh(
  folder: string,
  files: readonly string[],
  path: string,
  signal: AbortSignal,
): Promise<{ bytes: number; sha256: string }> {
  await refuseTaken(path)
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`)
  try {
    await pack(folder, files, draft, signal)
    const sum = await sumOf(draft, signal)
    await refuseTaken(path)
    await rename(draft, path)
    await flush(dirname(path))
    return sum
  } finally {
    await rm(draft, { force: true })
  }
}

async function pack(
  folder: string,
  files: readonly string[],
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const packed = new Pack({ cwd: folder, portable: true, noDirRecurse: true, strict: true })
  for (const file of files) packed.add(file)
  packed.end()
  // Node’s own compression works beside the daemon; the one of the library would hold up every question.
  const source = async function* (): AsyncGenerator<Buffer> {
    for await (const piece of packed) yield piece
  }
  try {
    await pipeline(source, createGzip(), createWriteStream(target, { flags: 'wx', mode: 0o600 }), { signal })
    await flush(target)
  } catch (cause) {
    signal.throwIfAborted()
    throw unwritable(target, cause)
  }
}

async function refuseTaken(path: string): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  )
  if (isThere) throw new AiosError('file.exists', `${path} exists already.`)
}

/** What a daemon left that was killed meanwhile. */
async function removeGathered(state: string): Promise<void> {
  for (const name of await readdir(state))
    if (name.startsWith(gathering)) await rm(join(state, name), { recursive: true, force: true })
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function unwritable(path: string, cause: unknown): AiosError {
  if (cause instanceof AiosError) return cause
  const why = cause instanceof Error ? cause.message : String(cause)
  return new AiosError('file.unwritable', `${path} could not be written: ${why}`, { cause })
}
