import { existsSync, readdirSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { RestoreAnswer } from '../../contract/backup.ts'
import type { StateFolders } from '../../contract/state.ts'
import { finishRestore, freeName } from './finish.ts'
import { restorePlaces } from './places.ts'
import { readBackup } from './read.ts'

/** What a restore is made with. The caller holds the lock of the state folder. */
export interface RestoreParts {
  readonly folders: StateFolders
  /** Prepares the folder that is to become the state folder, once everything is in it and before it does. */
  readonly prepare: (state: string) => void
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Looks through an archive and says what is in it; nothing is written. */
export async function verifyBackup(path: string, signal: AbortSignal): Promise<RestoreAnswer> {
  return answerOf(path, await readBackup(path, undefined, signal), [])
}

/**
 * Puts the archive in the place of what is there, which is kept aside.
 *
 * Unpacked and checked beside the state folder first. The change itself is two names; whoever starts next finishes
 * it when the process dies between them, so there is the old state or the new one, and never a part of either.
 */
export async function restoreBackup(
  path: string,
  { folders, prepare, now }: RestoreParts,
  signal: AbortSignal,
): Promise<RestoreAnswer> {
  finishRestore(folders)
  const { unpacked, whole } = restorePlaces(folders)
  for (const left of [unpacked, whole]) await rm(left, { recursive: true, force: true })
  await mkdir(unpacked, { recursive: true, mode: 0o700 })
  try {
    const manifest = await readBackup(path, unpacked, signal)
    const state = join(unpacked, 'state')
    await mkdir(state, { recursive: true, mode: 0o700 })
    if (existsSync(join(unpacked, 'config')))
      await rename(join(unpacked, 'config'), join(state, 'restored-config'))
    prepare(state)
    await flushFolders(state)
    await rename(state, whole)
    const aside = freeName(`${folders.state}.before-${new Date(now()).toISOString().slice(0, 10)}`)
    if (existsSync(folders.state)) await rename(folders.state, aside)
    const kept = [...(existsSync(aside) ? [aside] : []), ...finishRestore(folders)]
    return answerOf(path, manifest, kept, true)
  } finally {
    await rm(unpacked, { recursive: true, force: true })
  }
}

function answerOf(
  path: string,
  { version, createdAt, full, files }: Awaited<ReturnType<typeof readBackup>>,
  kept: readonly string[],
  restored = false,
): RestoreAnswer {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return { path, version, createdAt, full, files: files.length, bytes, restored, kept: [...kept] }
}

/** Files are on the disk already; this is for their names. */
async function flushFolders(folder: string): Promise<void> {
  const below = readdirSync(folder, { recursive: true, withFileTypes: true })
  const folders = below
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name))
  for (const path of [...folders, folder, dirname(folder)]) {
    const handle = await open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}
