import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { createAbsentContents } from '../git/absent.ts'
import { readHeaders, readPatches, listCommits } from '../git/history.ts'
import { placeOf, type Repository } from '../git/repository.ts'
import type { History } from './catch-up.ts'
import { excluding } from './filters.ts'
import { readPlainFile } from '../git/plain-file.ts'

/** Reads a repository's history, without the refs that these globs name. */
export function createGitHistory(repository: Repository, excludedRefs: () => readonly string[]): History {
  const contents = createAbsentContents(repository)
  return {
    async frontier(signal) {
      const isExcluded = excluding(excludedRefs())
      const refs = await repository.refs(signal)
      const heads = await repository.worktreeHeads(refs, signal)
      const tips = refs.filter(({ name }) => !isExcluded(name)).map(({ oid }) => oid)
      return { tips: [...new Set([...tips, ...heads])], horizon: await horizonOf(repository) }
    },

    dropped: (oids, signal) => droppedOf(repository, oids, signal),

    async count(tips, known, signal) {
      let count = 0
      for await (const oids of listCommits(repository, { tips, known }, signal)) count += oids.length
      return count
    },

    absent: contents.among,

    headers: (tips, known, onSkipped, signal) =>
      readHeaders(repository, { tips, known }, { onSkipped }, signal),
    patches: (oids, onSkipped, signal) => readPatches(repository, oids, { onSkipped }, signal),
  }
}

/** Where a shallow clone ends; the same for every repository that is whole. */
async function horizonOf({ commonDir }: Repository): Promise<string> {
  const shallow = await readPlainFile(join(commonDir, 'shallow')).catch(() => undefined)
  return shallow === undefined ? 'whole' : createHash('sha1').update(shallow).digest('hex')
}

async function droppedOf(
  repository: Repository,
  oids: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const { git } = repository
  if (git === undefined) return unreadable(repository, oids, signal)
  const input = oids.map((oid) => `${oid}\n`).join('')
  const found = await git.text(['cat-file', '--batch-check=%(objectname)'], {
    ...placeOf(repository, signal),
    input,
  })
  return found.split('\n').flatMap((line) => /^([0-9a-f]+) missing$/.exec(line)?.[1] ?? [])
}

async function unreadable(
  repository: Repository,
  oids: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const found: string[] = []
  for (const oid of oids) await repository.readCommit(oid, signal).catch(() => found.push(oid))
  signal.throwIfAborted()
  return found
}
