import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Git } from '../git/git.ts'
import { readStagedFiles, type IndexPlace, type StagedFile } from '../git/staged-files.ts'

/** Reads what is staged. */
export type StagedReader = (place: IndexPlace, signal: AbortSignal) => Promise<StagedFile[]>

/** An editor may be open between two questions of one commit; longer than this is another story. */
const keptMs = 60_000

/**
 * Creates a reader that reads an index once for both questions of a commit: git writes a new file for each new
 * index, and a commit that moved HEAD is seen in its ref.
 */
export function createStagedReader(git: Pick<Git, 'run' | 'text'>, now: () => number): StagedReader {
  let last: { readonly key: string; readonly at: number; readonly files: StagedFile[] } | undefined

  return async (place, signal) => {
    const key = await keyOf(place)
    if (last !== undefined && last.key === key && now() - last.at < keptMs) return last.files
    const files = await readStagedFiles(git, place, signal)
    last = { key, at: now(), files }
    return files
  }
}

async function keyOf({ gitDir, indexFile }: IndexPlace): Promise<string> {
  const [index, head] = await Promise.all([
    stat(indexFile, { bigint: true }).catch(() => undefined),
    readFile(join(gitDir, 'HEAD'), 'utf8').catch(() => ''),
  ])
  const ref = /^ref: (refs\/.+)\n/.exec(head)?.[1]
  const shared = await readFile(join(gitDir, 'commondir'), 'utf8').catch(() => '.')
  const tip =
    ref === undefined ? '' : await readFile(resolve(gitDir, shared.trim(), ref), 'utf8').catch(() => 'packed')
  return [gitDir, indexFile, index?.ino, index?.size, index?.mtimeNs, head, tip].join('\0')
}
