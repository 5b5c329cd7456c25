import { type CatFile, openCatFile } from './cat-file.ts'
import { checkedOid } from './oid.ts'
import { placeOf, type Repository } from './repository.ts'

/** Reads blobs without starting a process for each. */
export interface BlobReader {
  /**
   * Returns the blobs, in the order asked.
   *
   * Undefined stands for what is larger than `maxBytes`, is no blob, or is not there.
   */
  read(
    oids: readonly string[],
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<readonly (Buffer | undefined)[]>
  close(): void
}

/**
 * How long the processes are held open for the next question.
 *
 * A commit asks within seconds; what a gc deleted meanwhile takes up the disk for no longer than this.
 */
const idleMs = 20_000

/** Opens a reader that holds two `cat-file` open: one says how large a blob is, the other reads it. */
export function openBlobReader(repository: Repository): BlobReader {
  const { git } = repository
  if (git === undefined) return portableReader(repository)
  let held: { readonly sizes: CatFile; readonly contents: CatFile } | undefined
  let idle: NodeJS.Timeout | undefined

  const retire = () => {
    held?.sizes.close()
    held?.contents.close()
    held = undefined
  }
  const current = () => {
    if (held?.sizes.isAlive() === true && held.contents.isAlive()) return held
    retire()
    const where = placeOf(repository)
    return (held = { sizes: openCatFile(git, 'sizes', where), contents: openCatFile(git, 'contents', where) })
  }

  return {
    async read(oids, maxBytes, signal) {
      signal.throwIfAborted()
      clearTimeout(idle)
      const { sizes, contents } = current()
      const reading = oids.map(checkedOid).map(async (oid) => {
        const known = await sizes.ask(oid)
        if (known?.type !== 'blob' || known.size > maxBytes || signal.aborted) return undefined
        return (await contents.ask(oid))?.content
      })
      const blobs = await Promise.all(reading)
      idle = setTimeout(retire, idleMs).unref()
      signal.throwIfAborted()
      return blobs
    },
    close() {
      clearTimeout(idle)
      retire()
    },
  }
}

function portableReader(repository: Repository): BlobReader {
  return {
    read: (oids, maxBytes, signal) =>
      Promise.all(
        oids.map(async (oid) => {
          const found = await repository.readBlob(oid, { maxBytes }, signal).catch(() => undefined)
          signal.throwIfAborted()
          return found?.truncated === false ? found.content : undefined
        }),
      ),
    close() {},
  }
}
