import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PluginFolder } from './folder.ts'

/** Writes a plugin as it was read into the user’s folder, in place of one of the same id. */
export async function installInto(userFolder: string, { manifest, files }: PluginFolder): Promise<void> {
  await mkdir(userFolder, { recursive: true, mode: 0o700 })
  const fresh = await mkdtemp(join(userFolder, '.new-'))
  try {
    for (const [path, bytes] of files) {
      const file = join(fresh, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, bytes, { flag: 'wx', mode: 0o600 })
    }
    const place = join(userFolder, manifest.id)
    await rm(place, { recursive: true, force: true })
    await rename(fresh, place)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    throw error
  }
}

/** Deletes a plugin from the user’s folder, and nothing that lies elsewhere. */
export async function deleteFrom(userFolder: string, path: string): Promise<void> {
  const [home, place] = await Promise.all([realpath(userFolder), realpath(dirname(path)).catch(() => '')])
  if (home === place) await rm(path, { recursive: true, force: true })
}
