import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { gitFailed } from './git.ts'
import { checkedOid } from './oid.ts'
import { placeOf, type Repository } from './repository.ts'

/** Knows which commits cannot be read whole, because contents that they need were left on a server. */
export interface AbsentContents {
  /** Returns those of the commits whose changes need contents that are not here. Nothing is fetched. */
  among(oids: Iterable<string>, signal: AbortSignal): Promise<ReadonlySet<string>>
}

/**
 * Creates what knows it of a repository; of one that is no partial clone, that everything is here.
 *
 * To try each commit would cost processes for each. Which contents a commit needs is told by its trees, and
 * which are here by one listing; both take a tenth of a second for thousands of commits.
 */
export function createAbsentContents(repository: Repository): AbsentContents {
  /** Of each commit that waits, one of the contents that it waits for. */
  const waiting = new Map<string, number>()
  let whole = new Set<string>()
  let seen = ''

  async function look(asked: readonly string[], objects: string, signal: AbortSignal): Promise<void> {
    const here = await contentsHere(repository, signal)
    for (const [oid, content] of waiting) if (here.has(content)) waiting.delete(oid)
    const fresh = asked.filter((oid) => !waiting.has(oid)).map(checkedOid)
    for await (const [oid, content] of needingOthers(repository, fresh, here, signal))
      waiting.set(oid, content)
    whole = new Set(fresh.filter((oid) => !waiting.has(oid)))
    seen = objects
  }

  return {
    async among(oids, signal) {
      if (!repository.isPartial || repository.git === undefined) return new Set()
      const asked = [...oids]
      const objects = await stateOfObjects(repository)
      const isNew = objects !== seen || asked.some((oid) => !waiting.has(oid) && !whole.has(oid))
      if (isNew && asked.length > 0) await look(asked, objects, signal)
      return new Set(asked.filter((oid) => waiting.has(oid)))
    },
  }
}

/** Changes with every object that is added, in a pack or by itself. */
async function stateOfObjects({ commonDir }: Repository): Promise<string> {
  const folder = join(commonDir, 'objects')
  const names = await readdir(folder).catch(() => [])
  const times = names.map(async (name) => `${name} ${(await stat(join(folder, name))).mtimeMs}`)
  return (await Promise.all(times)).join()
}

/** Lists the contents that are here; to ask for one that is not would make git try to fetch it. */
async function contentsHere(repository: Repository, signal: AbortSignal): Promise<Set<number>> {
  const args = ['cat-file', '--batch-all-objects', '--unordered', '--batch-check=%(objecttype) %(objectname)']
  const here = new Set<number>()
  for await (const line of linesOf(repository, args, '', signal)) {
    if (line.startsWith('blob ')) here.add(keyOf(line.slice(5)))
  }
  return here
}

/** Streams the commits that changed something whose contents, before or after, are not here, and one of those. */
async function* needingOthers(
  repository: Repository,
  oids: readonly string[],
  here: ReadonlySet<number>,
  signal: AbortSignal,
): AsyncGenerator<[oid: string, content: number]> {
  const shape = ['--stdin', '-r', '-c', '--root', '--no-renames', '--raw', '--no-abbrev', '--always']
  const args = ['diff-tree', ...shape, '--format=%H']
  let commit = ''
  let isTold = false
  for await (const line of linesOf(repository, args, `${oids.join('\n')}\n`, signal)) {
    if (/^[0-9a-f]{40,64}$/.test(line)) [commit, isTold] = [line, false]
    const absent =
      isTold || !line.startsWith(':') ? undefined : contentsIn(line).find((key) => !here.has(key))
    if (absent === undefined) continue
    isTold = true
    yield [commit, absent]
  }
}

/** Returns the contents that a line of a difference names: `:100644 100644 <old> <new> M` and so for each parent. */
function contentsIn(line: string): number[] {
  const parents = /^:+/.exec(line)?.[0].length ?? 0
  const words = line.slice(parents).split(' ', 2 * parents + 2)
  const modes = words.slice(0, parents + 1)
  return words
    .slice(parents + 1)
    .flatMap((oid, index) => (isContent(modes[index]) && !/^0+$/.test(oid) ? keyOf(oid) : []))
}

/** A submodule's commit is nothing that this repository could hold. */
function isContent(mode: string | undefined): boolean {
  return mode !== '160000' && mode !== '000000'
}

/** Returns 48 bits of an id: a set of numbers takes a fifth of a set of names, and one in 10^8 may be mistaken. */
function keyOf(oid: string): number {
  return Number.parseInt(oid.slice(0, 12), 16)
}

async function* linesOf(
  repository: Repository,
  args: readonly string[],
  input: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const process = repository.git?.start(args, placeOf(repository, signal))
  if (process === undefined) return
  try {
    process.stdin.end(input)
    yield* createInterface({ input: process.stdout })
    const { code, stderr } = await process.ended
    signal.throwIfAborted()
    if (code !== 0) throw gitFailed(args, stderr, code)
  } finally {
    process.kill()
  }
}
