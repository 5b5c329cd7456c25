import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { AiosError } from '../../contract/errors.ts'
import { type GitOptions, type GitProcess, gitFailed } from './git.ts'
import type { Listed } from './lanes.ts'
import { checkedOid } from './oid.ts'
import { gitOf, placeOf, type Repository } from './repository.ts'
import { openShallowFile } from './shallow.ts'

/** Which commits: everything that can be reached from the tips and not from what is known. */
export interface Range {
  readonly tips: readonly string[]
  readonly known?: readonly string[]
}

interface ListedParents {
  readonly oid: string
  readonly parents: readonly string[]
}

/** Broken places that history is read around, before it counts as unreadable. */
const mostBreaks = 64

const batchCommits = 4096

/**
 * Streams the commits of a range, newest first, in batches.
 *
 * Where a commit cannot be read, what lies behind it is left out, as if the clone were shallow there. Git
 * is then asked again; it lists in the same order, so what has been handed on is skipped by number.
 */
export async function* listRange(
  repository: Repository,
  { tips, known = [] }: Range,
  signal?: AbortSignal,
): AsyncGenerator<Listed[]> {
  const excluded = known.map((oid) => `^${checkedOid(oid)}`)
  const shallow = await openShallowFile(repository.commonDir)
  let starts = tips.map(checkedOid)
  let done = 0
  try {
    for (let breaks = 0; starts.length > 0; breaks++) {
      const where = { ...placeOf(repository, signal), env: shallow.env() }
      const list = () => revList(repository, ['--parents'], [...starts, ...excluded], where)
      let seen = 0
      try {
        for await (const batch of list()) {
          const fresh = batch.slice(Math.max(0, done - seen))
          seen += batch.length
          done = Math.max(done, seen)
          if (fresh.length > 0) yield fresh.map(({ oid, parents }) => ({ oid, isMerge: parents.length > 1 }))
        }
        return
      } catch (error) {
        const broken = breaks < mostBreaks ? brokenPlace(error) : undefined
        if (broken === undefined) throw error
        const ends = broken.isWhole ? [broken.oid] : await childrenOf(repository, broken.oid, starts, list())
        if (ends.length === 0 && !starts.includes(broken.oid)) throw error
        starts = starts.filter((oid) => broken.isWhole || oid !== broken.oid)
        for (const end of ends) await shallow.add(end)
      }
    }
  } finally {
    await shallow.close()
  }
}

/** Finds out which of some commits are merges; those that do not exist count as none. */
export async function* listEach(
  repository: Repository,
  oids: Iterable<string> | AsyncIterable<string>,
  signal?: AbortSignal,
): AsyncGenerator<Listed[]> {
  for await (const batch of inBatches(oids, batchCommits)) {
    const parents = ['--no-walk=unsorted', '--parents', '--ignore-missing']
    const merges = new Set<string>()
    const where = placeOf(repository, signal)
    for await (const listed of revList(repository, parents, batch.map(checkedOid), where)) {
      for (const { oid, parents: found } of listed) if (found.length > 1) merges.add(oid)
    }
    yield batch.map((oid) => ({ oid, isMerge: merges.has(oid) }))
  }
}

/** Collects what comes into arrays of a size. */
export async function* inBatches<T>(
  source: Iterable<T> | AsyncIterable<T>,
  size: number,
): AsyncGenerator<T[]> {
  let batch: T[] = []
  for await (const item of source) {
    batch.push(item)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** Returns which commit made `rev-list` fail: one that is whole but whose parents are lost, or a lost one. */
function brokenPlace(error: unknown): { readonly oid: string; readonly isWhole: boolean } | undefined {
  const text = error instanceof AiosError ? error.message : ''
  const child = /traverse parents of commit ([0-9a-f]{40,64})/.exec(text)?.[1]
  if (child !== undefined) return { oid: child, isWhole: true }
  const lost = /(?:bad|loose|packed) object ([0-9a-f]{40,64})/.exec(text)?.[1]
  return lost === undefined ? undefined : { oid: lost, isWhole: false }
}

/** Finds the commits before a lost one: git had come to them, but fails before it lists them. */
async function childrenOf(
  repository: Repository,
  lost: string,
  starts: readonly string[],
  listing: AsyncIterable<ListedParents[]>,
): Promise<string[]> {
  const listed = new Set<string>()
  const reached = new Set(starts)
  try {
    for await (const batch of listing) {
      for (const { oid, parents } of batch) {
        listed.add(oid)
        for (const parent of parents) reached.add(parent)
      }
    }
  } catch {
    // It fails where it failed before.
  }
  const children: string[] = []
  for (const oid of reached) {
    if (listed.has(oid) || oid === lost) continue
    const commit = await repository.readCommit(oid).catch(() => undefined)
    if (commit?.parents.includes(lost) === true) children.push(oid)
  }
  return children
}

async function* revList(
  repository: Repository,
  options: readonly string[],
  input: readonly string[],
  where: GitOptions,
): AsyncGenerator<ListedParents[]> {
  const args = ['rev-list', ...options, '--stdin']
  const process = gitOf(repository, 'reading history').start(args, where)
  try {
    void feed(process, input)
    for await (const lines of inBatches(createInterface({ input: process.stdout }), 1024)) {
      yield lines.map(parseListed)
    }
    const { code, stderr } = await process.ended
    where.signal?.throwIfAborted()
    if (code !== 0) throw gitFailed(args, stderr, code)
  } finally {
    process.kill()
  }
}

function parseListed(line: string): ListedParents {
  const [oid = '', ...parents] = line.split(' ')
  return { oid, parents }
}

/** Writes lines to git as fast as it takes them. */
async function feed({ stdin, ended }: GitProcess, lines: readonly string[]): Promise<void> {
  let hasEnded = false
  void ended.then(() => (hasEnded = true))
  for (let from = 0; from < lines.length && !hasEnded; from += batchCommits) {
    const text = `${lines.slice(from, from + batchCommits).join('\n')}\n`
    if (!stdin.write(text)) await Promise.race([once(stdin, 'drain').catch(() => {}), ended])
  }
  stdin.end()
}
