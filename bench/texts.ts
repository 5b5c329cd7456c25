import type { CommitHeader } from '../contract/commit.ts'
import { createInlineEmbedder } from '../daemon/embedder/inline.ts'
import { createGit } from '../daemon/git/git.ts'
import { openRepository } from '../daemon/git/repository.ts'
import { excluding } from '../daemon/memory/filters.ts'
import { createGitHistory } from '../daemon/memory/git-history.ts'
import { prepareChanges } from '../daemon/memory/remember.ts'

/** A commit as memory keeps it: its message, and the terms of its passages. */
export interface CommitTexts {
  readonly oid: string
  readonly message: string
  readonly passages: readonly string[]
}

const forever = new AbortController().signal
const generated = ['**/*.min.js', '**/*.min.css', '**/*.map', '**/package-lock.json', '**/yarn.lock']

/** Reads what HEAD leads to, oldest first, through the code that ingestion runs: commits that are no merges and change text. */
export async function readTexts(path: string): Promise<CommitTexts[]> {
  const repository = await openRepository(path, createGit())
  const history = createGitHistory(repository, () => [])
  const { oid } = await repository.head()
  const headers = new Map<string, CommitHeader>()
  for await (const batch of history.headers(oid === undefined ? [] : [oid], [], () => {}, forever)) {
    for (const header of batch) if (header.parents.length < 2) headers.set(header.oid, header)
  }
  const order = [...headers.values()].toSorted((a, b) => a.committer.time - b.committer.time)
  const embedder = createInlineEmbedder({ dimensions: 16, seed: 1 })
  const parts = { embedder, isExcluded: excluding(generated) }
  const texts: CommitTexts[] = []
  const oids = order.map((header) => header.oid)
  for await (const patches of history.patches(oids, () => {}, forever)) {
    const { passages } = await prepareChanges(patches, parts, forever)
    for (const [owner, rows] of Map.groupBy(passages, (row) => row.oid)) {
      const message = headers.get(owner)?.message ?? ''
      texts.push({ oid: owner, message, passages: rows.map(({ terms }) => terms) })
    }
  }
  // Patches are read by several processes at once, and come in any order.
  const places = new Map(oids.map((one, place) => [one, place]))
  return texts.toSorted((a, b) => (places.get(a.oid) ?? 0) - (places.get(b.oid) ?? 0))
}
