import type { Git, GitOptions } from './git.ts'
import { endWhenSilent } from './silence.ts'

/** What git says of an object; without content when only that was asked. */
export interface FoundObject {
  readonly oid: string
  readonly type: string
  readonly size: number
  readonly content: Buffer
}

/** A held-open `cat-file`. */
export interface CatFile {
  /** Returns the object of that name; undefined when it is not there or git has ended. Answers in the order asked. */
  ask(name: string): Promise<FoundObject | undefined>
  /** Whether the process can still be asked. */
  isAlive(): boolean
  close(): void
}

/** Starts a `cat-file` that answers until it is closed, killed or silent for long: with contents, or with type and size alone. */
export function openCatFile(
  git: Git,
  what: 'contents' | 'sizes',
  where: GitOptions,
  silentMs?: number,
): CatFile {
  const hasContent = what === 'contents'
  const process = git.start(['cat-file', hasContent ? '--batch' : '--batch-check'], where)
  let waiting: ((found: FoundObject | undefined) => void)[] = []
  let answered = 0
  let alive = true

  // Those answered stay until they are half of all: to take each from the front of a hundred thousand moves all others.
  const parse = createParser(hasContent, (found) => {
    waiting[answered++]?.(found)
    if (answered < waiting.length / 2) return
    waiting = waiting.slice(answered)
    answered = 0
  })
  process.stdout.on('data', parse)
  const silence = endWhenSilent(process, () => waiting.length > 0, silentMs)
  void process.ended.then(() => {
    alive = false
    for (const answer of waiting.splice(answered)) answer(undefined)
  })

  return {
    ask(name) {
      if (!alive) return Promise.resolve(undefined)
      return new Promise((answer) => {
        if (waiting.push(answer) === 1) silence.asked()
        // Questions of one moment go to git in one piece.
        if (process.stdin.writableCorked === 0) {
          process.stdin.cork()
          setImmediate(() => process.stdin.uncork())
        }
        process.stdin.write(`${name}\n`)
      })
    },
    isAlive: () => alive,
    close() {
      alive = false
      process.kill()
    },
  }
}

/** Returns what takes the chunks that `cat-file` prints: `OID TYPE SIZE`, then the content and a newline. */
function createParser(hasContent: boolean, onFound: (found: FoundObject | undefined) => void) {
  let chunks: Buffer[] = []
  let length = 0
  let heading: Omit<FoundObject, 'content'> | undefined

  /** Chunks are joined only once all that is wanted is there. */
  const joined = (): Buffer => {
    const [first, ...others] = chunks
    const all = first === undefined || others.length > 0 ? Buffer.concat(chunks) : first
    chunks = [all]
    return all
  }
  const take = (count: number): Buffer => {
    const all = joined()
    chunks = [all.subarray(count)]
    length -= count
    return all.subarray(0, count)
  }
  /** Returns whether there may be more to read. */
  const step = (): boolean => {
    if (heading !== undefined) {
      if (length < heading.size + 1) return false
      const content = take(heading.size + 1).subarray(0, heading.size)
      onFound({ ...heading, content: Buffer.from(content) })
      heading = undefined
      return true
    }
    const end = joined().indexOf(10)
    if (end < 0) return false
    const [oid = '', type = '', size = ''] = take(end + 1)
      .toString('latin1', 0, end)
      .split(' ')
    if (!/^\d+$/.test(size)) onFound(undefined)
    else if (hasContent) heading = { oid, type, size: Number(size) }
    else onFound({ oid, type, size: Number(size), content: Buffer.of() })
    return true
  }

  return (chunk: Buffer): void => {
    chunks.push(chunk)
    length += chunk.length
    while (length > 0 && step());
  }
}
