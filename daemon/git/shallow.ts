import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readPlainText } from './plain-file.ts'

/** A list of commits at which git is to stop, kept beside the repository's own. */
export interface ShallowFile {
  /** Returns the variables that make git use the list; none while nothing was added to it. */
  env(): Record<string, string>
  add(oid: string): Promise<void>
  close(): Promise<void>
}

/** Returns the commits at which a shallow clone ends. */
export async function shallowCommits(commonDir: string): Promise<ReadonlySet<string>> {
  const text = await readPlainText(join(commonDir, 'shallow')).catch(() => '')
  return new Set(text.split('\n').filter((line) => line !== ''))
}

/** Opens a list that holds the ends of a shallow clone and whatever is added; the repository is not touched. */
export async function openShallowFile(commonDir: string): Promise<ShallowFile> {
  const ends = new Set(await shallowCommits(commonDir))
  let folder: string | undefined

  return {
    env: () => (folder === undefined ? {} : { GIT_SHALLOW_FILE: join(folder, 'shallow') }),
    async add(oid) {
      folder ??= await mkdtemp(join(tmpdir(), 'aios-shallow-'))
      await writeFile(join(folder, 'shallow'), [...ends.add(oid)].map((end) => `${end}\n`).join(''))
    },
    async close() {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}
