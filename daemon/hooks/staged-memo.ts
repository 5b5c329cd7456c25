import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { IndexPlace, StagedFile } from '../git/staged-files.ts'
import { readPlainText } from '../git/plain-file.ts'

/** Reads what is staged. */
export type StagedReader = (place: IndexPlace, signal: AbortSignal) => Promise<StagedFile[]>

/** An editor may be open between two questions of one commit; longer than this is another story. */
const keptMs = 60_000

/**
 * Returns a reader that reads an index once for both questions of a commit: git writes a new file for each new
 * index, and a commit that moved HEAD is seen in its ref.
 */
export function rememberingStaged(read: StagedReader, now: () => number): StagedReader {
  let last: { readonly key: string; readonly at: number; readonly files: StagedFile[] } | undefined

  return async (place, signal) => {
    const key = await keyOf(place)
    if (key === undefined) return read(place, signal)
    if (last !== undefined && last.key === key && now() - last.at < keptMs) return last.files
    const files = await read(place, signal)
    last = { key, at: now(), files }
    return files
  }
}

/**
 * Undefined where HEAD may move without a trace in these files: where refs are kept in a reftable, and where its branch
 * stands for another one.
 */
async function keyOf({ gitDir, commonDir, indexFile }: IndexPlace): Promise<string | undefined> {
  const [index, head] = await Promise.all([
    stampOf(indexFile),
    readPlainText(join(gitDir, 'HEAD')).catch(() => ''),
  ])
  const ref = /^ref: *(.*)/.exec(head)?.[1]
  if (ref !== undefined && (!ref.startsWith('refs/heads/') || ref.endsWith('/.invalid'))) return undefined
  const loose = ref === undefined ? '' : await readPlainText(join(commonDir, ref)).catch(() => undefined)
  if (loose?.startsWith('ref:') === true) return undefined
  // Packed, or not born yet: then HEAD moves when the file of all packed refs does, or a loose one appears.
  const tip = loose ?? (await stampOf(join(commonDir, 'packed-refs')))
  return [gitDir, indexFile, index, head, tip].join('\0')
}

async function stampOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  // The time of the last change is told by the system alone; the other one is whatever a program that copies says.
  return found === undefined ? 'none' : `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`
}
