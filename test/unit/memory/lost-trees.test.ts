import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bookmarksIn } from '../../../daemon/bookmarks.ts'
import { recall } from '../../../daemon/memory/recall.ts'
import { show } from '../../../daemon/memory/show.ts'
import { openJournal } from '../../../daemon/store/journal.ts'
import { fromStream, times } from '../../fixtures/git/histories.ts'
import { forever, newKeepsakes, rememberRepository } from '../../fixtures/memory.ts'

/** A history of twenty commits, and the way to hide the tree of one of them from git, and to bring it back. */
function withLostTree() {
  const source = fromStream(
    times(20).map((n) => ({ message: `Tide number${n} turns\n`, files: { f: `${n}\n` } })),
  )
  const broken = source.git('rev-parse', 'main~5')
  const tree = source.git('rev-parse', 'main~5^{tree}')
  const file = join(source.path, '.git/objects', tree.slice(0, 2), tree.slice(2))
  return {
    source,
    broken,
    lose: () => renameSync(file, `${file}.aside`),
    mend: () => renameSync(`${file}.aside`, file),
  }
}

test('a commit whose tree is lost is found by what it says, and hides none of its ancestors', async () => {
  const { source, broken, lose } = withLostTree()
  lose()
  const { remembered, memory } = await rememberRepository(source.path)
  expect(remembered.counts()).toMatchObject({ episodes: 20, complete: 18, unreachable: 0, pending: 0 })

  const ask = async (number: number, asOf: string) =>
    (await recall({ question: `tide number${number}`, filters: { asOf } }, memory, forever)).hits[0]
  const subjectOf = async (number: number, asOf: string) => (await ask(number, asOf))?.subject
  expect(await ask(15, 'main')).toMatchObject({ oid: broken, reachable: true })
  expect(await subjectOf(3, 'main')).toBe('Tide number3 turns')
  expect(await subjectOf(3, 'main~5')).toBe('Tide number3 turns')
  expect(await show(broken, memory, forever)).toMatchObject({
    episode: { subject: 'Tide number15 turns', changes: [], complete: false },
  })
})

test('a new commit on top of a lost tree is remembered, and the next one on top of that', async () => {
  const { source, lose } = withLostTree()
  const tree = source.git('rev-parse', 'main^{tree}')
  source.git('update-ref', 'refs/heads/main', 'main~5')
  lose()
  const { remembered } = await rememberRepository(source.path)
  expect(remembered.counts()).toMatchObject({ episodes: 15, complete: 14, unreachable: 0 })
  for (const message of ['On top', 'On top of that']) {
    const oid = source.git('commit-tree', '-p', 'main', '-m', message, tree)
    source.git('update-ref', 'refs/heads/main', oid)
    await remembered.settled()
  }
  expect(remembered.counts()).toMatchObject({ episodes: 17, complete: 15, unreachable: 0 })
})

test('a tree that was brought back gives its commits their paths and their hunks', async () => {
  const { source, broken, lose, mend } = withLostTree()
  const keepsakes = newKeepsakes()
  lose()
  const { close } = await rememberRepository(source.path, keepsakes)
  await close()
  mend()
  const journal = openJournal(keepsakes.journal, () => {})
  bookmarksIn(journal, 'r1').retry()
  journal.close()

  const { remembered, memory } = await rememberRepository(source.path, keepsakes)
  expect(remembered.counts()).toMatchObject({ episodes: 20, complete: 20 })
  expect(memory.graph.touching('f')).toHaveLength(20)
  expect(await show(broken, memory, forever)).toMatchObject({
    episode: { changes: [{ path: 'f', status: 'modified', additions: 1 }], complete: true },
  })
})
