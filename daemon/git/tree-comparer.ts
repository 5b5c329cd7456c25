import { randomBytes } from 'node:crypto'
import type { Git, GitOptions, GitProcess } from './git.ts'
import { checkedOid } from './oid.ts'
import { diffArguments } from './settings.ts'
import { endWhenSilent } from './silence.ts'

/** A held-open `diff-tree`, which compares trees without starting a process for each. */
export interface TreeComparer {
  /** Returns what git prints of what differs; undefined when it cannot tell, tells more than so many bytes, or has ended. */
  compare(before: string, after: string): Promise<Buffer | undefined>
  /** Whether the process can still be asked. */
  isAlive(): boolean
  close(): void
}

/** Raw records, which end with zero bytes; or a patch of nothing but lines that go and come, with whole ids. */
const shapes = { files: ['-z', '--raw', '--no-abbrev'], lines: ['-p', '-U0', '--full-index'] } as const

/** Starts a `diff-tree` that compares trees, one pair after the other, until it is closed or meets a broken one. */
export function openTreeComparer(
  git: Git,
  what: keyof typeof shapes,
  mostBytes: number,
  where: GitOptions,
): TreeComparer {
  const args = ['diff-tree', '--stdin', '-r', '-M', ...shapes[what], ...diffArguments]
  const process = git.start(args, where)
  let turn: Promise<unknown> = Promise.resolve()
  let alive = true
  let asked = false
  const silence = endWhenSilent(process, () => asked)
  const answer = async (pair: string): Promise<Buffer | undefined> => {
    if (!alive) return undefined
    asked = true
    silence.asked()
    try {
      return await ask(process, pair, mostBytes)
    } finally {
      asked = false
    }
  }
  void process.ended.then(() => (alive = false))

  return {
    compare(before, after) {
      const pair = `${checkedOid(before)} ${checkedOid(after)}\n`
      const own = turn.then(() => answer(pair))
      turn = own
      return own
    },
    isAlive: () => alive,
    close() {
      alive = false
      process.kill()
    },
  }
}

async function ask(process: GitProcess, pair: string, mostBytes: number): Promise<Buffer | undefined> {
  const { stdin, stdout, ended } = process
  // Git repeats a line that is no pair, which says that it has told everything. Nobody who names a file can know it.
  const mark = `~${randomBytes(16).toString('hex')}\n`
  const chunks: Buffer[] = []
  let tail = Buffer.alloc(0)
  let bytes = 0
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>()
  const take = (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > mostBytes) return process.kill()
    chunks.push(chunk)
    tail = Buffer.concat([tail, chunk.subarray(-mark.length)]).subarray(-mark.length)
    if (tail.toString('latin1') === mark) resolve(Buffer.concat(chunks).subarray(0, -mark.length))
  }
  stdout.on('data', take)
  stdin.write(pair + mark)
  try {
    const told = await Promise.race([promise, ended.then(() => undefined)])
    // Of what it cannot read it repeats nothing, not even the pair.
    return told?.toString('latin1', 0, pair.length) === pair ? told.subarray(pair.length) : undefined
  } finally {
    stdout.off('data', take)
  }
}
