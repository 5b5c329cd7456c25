import { type CatFile, type FoundObject, openCatFile } from './cat-file.ts'
import { createKeptBlobs, type KeptBlobs } from './kept-blobs.ts'
import { checkedOid } from './oid.ts'
import { placeOf, type Repository } from './repository.ts'
import { filesAtHead } from './staged.ts'

/** What git says of an object without reading it. */
export type AboutObject = Omit<FoundObject, 'content'>

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
  /** Returns which of those that `read` left out it should have read: they are not there, or git has ended. */
  lost(oids: readonly string[], maxBytes: number, signal: AbortSignal): Promise<readonly string[]>
  /** Returns what git says of objects by their names, as `HEAD^{tree}`; undefined for what is not there. */
  about(names: readonly string[], signal: AbortSignal): Promise<readonly (AboutObject | undefined)[]>
  /** Returns those of the paths that HEAD has. */
  present(paths: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>
  close(): void
}

/**
 * How long the processes are held open for the next question.
 *
 * To start one takes longer than all that is asked about a commit, and who commits does so again before long. What a
 * gc deleted meanwhile takes up the disk for no longer than this.
 */
const idleMs = 5 * 60_000

interface Held {
  readonly sizes: CatFile
  readonly contents: CatFile
}

/** Opens a reader that holds two `cat-file` open: one says how large a blob is, the other reads it. */
export function openBlobReader(repository: Repository): BlobReader {
  const { git } = repository
  if (git === undefined) return portableReader(repository)
  const kept = createKeptBlobs()
  const reading = createReading()
  const weighed = createWeighed()
  let held: Held | undefined
  let idle: NodeJS.Timeout | undefined

  const retire = () => {
    kept.clear()
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

  /** Asks, and lets the processes go when nobody asks any more. */
  const asking = async <T>(signal: AbortSignal, ask: (open: Held) => Promise<T>): Promise<T> => {
    signal.throwIfAborted()
    clearTimeout(idle)
    const answer = await ask(current())
    clearTimeout(idle)
    idle = setTimeout(retire, idleMs).unref()
    signal.throwIfAborted()
    return answer
  }

  return {
    read: (oids, maxBytes, signal) =>
      asking(signal, (open) => {
        const readOne = async (oid: string): Promise<Buffer | undefined> => {
          const content =
            kept.get(oid) ??
            (await reading.once(oid, maxBytes, () => readBlob(oid, maxBytes, weighed(open), kept)))
          return content === undefined || content.length > maxBytes ? undefined : content
        }
        return Promise.all(oids.map(checkedOid).map(readOne))
      }),
    lost: (oids, maxBytes, signal) => asking(signal, ({ sizes }) => expectedOf(oids, maxBytes, sizes)),
    about: (names, signal) => asking(signal, (open) => Promise.all(names.map(weighed(open).ask))),
    present: (paths, signal) =>
      asking(signal, async ({ sizes }) => {
        // A name is asked for in a line of its own; what cannot be is not there.
        const names = paths.filter((path) => !path.includes('\n'))
        const found = await Promise.all(names.map((path) => sizes.ask(`HEAD:${path}`)))
        return new Set(names.filter((_, index) => found[index] !== undefined))
      }),
    close() {
      clearTimeout(idle)
      retire()
    },
  }
}

/** Returns those of which a content was to be expected: not what is larger, and no commit of a submodule. */
async function expectedOf(oids: readonly string[], maxBytes: number, sizes: CatFile): Promise<string[]> {
  // Not from what was weighed before: it may have gone since.
  const found = await Promise.all(oids.map((oid) => sizes.ask(checkedOid(oid))))
  return oids.filter((_, at) => {
    const about = found[at]
    return about === undefined || (about.type === 'blob' && about.size <= maxBytes)
  })
}

/** Those who are asked for a blob. */
interface Asked extends Pick<Held, 'contents'> {
  ask(name: string): Promise<AboutObject | undefined>
}

async function readBlob(
  oid: string,
  maxBytes: number,
  { ask, contents }: Asked,
  kept: KeptBlobs,
): Promise<Buffer | undefined> {
  const about = await ask(oid)
  if (about?.type !== 'blob' || about.size > maxBytes) return undefined
  const content = (await contents.ask(oid))?.content
  if (content !== undefined) kept.keep(oid, content)
  return content
}

const mostWeighed = 4096

/** Returns what asks about an object of an id once: what is said of it never changes, unlike what a ref leads to. */
function createWeighed(): (open: Held) => Asked {
  const known = new Map<string, AboutObject>()
  return ({ sizes, contents }) => ({
    contents,
    async ask(name) {
      const about = known.get(name) ?? (await sizes.ask(name))
      if (about?.oid !== name || known.has(name)) return about
      if (known.size >= mostWeighed) known.clear()
      known.set(name, about)
      return about
    },
  })
}

/** Returns what reads a blob once for all who ask for it at the same time, as the gates of one commit do. */
function createReading() {
  const under = new Map<
    string,
    { readonly maxBytes: number; readonly content: Promise<Buffer | undefined> }
  >()
  return {
    async once(oid: string, maxBytes: number, read: () => Promise<Buffer | undefined>) {
      const other = under.get(oid)
      // Who takes less may have left out what this one wants.
      if (other !== undefined && other.maxBytes >= maxBytes) return other.content
      const own = { maxBytes, content: read() }
      under.set(oid, own)
      try {
        return await own.content
      } finally {
        if (under.get(oid) === own) under.delete(oid)
      }
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
    lost: async () => [],
    about: async (names) => names.map(() => undefined),
    present: async (paths, signal) => (await filesAtHead(repository, signal)).intersection(new Set(paths)),
    close() {},
  }
}
