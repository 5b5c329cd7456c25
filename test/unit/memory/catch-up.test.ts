import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cloneOf, long } from '../../fixtures/git/histories.ts'
import { testRepositoryAt, type TestRepository } from '../../fixtures/git/test-repository.ts'
import {
  encoding,
  forever,
  type Keepsakes,
  newKeepsakes,
  openMemory,
  rememberRepository,
  type RememberedRepository,
} from '../../fixtures/memory.ts'
import type { CommitHeader } from '../../../contract/commit.ts'
import { createInlineEmbedder } from '../../../daemon/embedder/inline.ts'
import { streamMessages } from '../../../daemon/memory/corridor.ts'
import type { MemoryStore } from '../../../daemon/store/store.ts'
import { createWorkshop, lines } from './workshop.ts'

/** Everything that plain git reaches. */
function reached(repository: TestRepository, ...refs: readonly string[]): string[] {
  return repository
    .git('rev-list', ...(refs.length > 0 ? refs : ['--all', 'HEAD']))
    .split('\n')
    .toSorted()
}

async function stored({
  store,
}: Keepsakes): Promise<{ episodes: string[]; complete: string[]; keys: string[] }> {
  const [episodes, complete] = await Promise.all([store.episodeIds(), store.completeIds()])
  const passages = await store.passages(episodes)
  return {
    episodes: episodes.toSorted(),
    complete: complete.toSorted(),
    keys: passages.map(({ key }) => key).toSorted(),
  }
}

/** A store that fails at its nth write, as a killed daemon's would. */
function failingAt(store: MemoryStore, write: number): MemoryStore {
  let writes = 0
  const orFail = async (act: () => Promise<void>) => {
    writes += 1
    if (writes === write) throw new Error('killed')
    await act()
  }
  return {
    ...store,
    putEpisodes: (rows) => orFail(() => store.putEpisodes(rows)),
    putDetails: (details, passages) => orFail(() => store.putDetails(details, passages)),
  }
}

test('every commit that a ref leads to is remembered with its hunks', async () => {
  const repository = long(60)
  const keepsakes = newKeepsakes()
  const { remembered, facts } = await rememberRepository(repository.path, keepsakes)
  const { episodes, complete } = await stored(keepsakes)
  expect(episodes).toEqual(reached(repository))
  expect(complete).toEqual(episodes)
  expect(remembered.counts()).toMatchObject({ episodes: 60, complete: 60, pending: 0, unreachable: 0 })
  expect(facts.map(({ type }) => type)).toEqual(['memory.remembered', 'ingestion.finished'])
})

test('nothing is read again when nothing happened', async () => {
  const repository = long(20)
  const { remembered, facts } = await rememberRepository(repository.path)
  const before = facts.length
  await remembered.settled()
  await remembered.settled()
  expect(facts.slice(before)).toEqual([])
})

test('only what is new is read', async () => {
  const repository = long(20)
  const { remembered, facts } = await rememberRepository(repository.path)
  repository.git('checkout', '--quiet', 'main')
  const newest = repository.commit('one more', { 'new.txt': 'new\n' })
  await remembered.settled()
  expect(facts.slice(-2)).toMatchObject([
    { type: 'memory.remembered', data: { commits: 1, newest } },
    { type: 'ingestion.finished', data: { commits: 1, skipped: 0 } },
  ])
})

test.each([1, 2])(
  'what a daemon had not kept when it was killed at write %i is kept by the next',
  async (write) => {
    const repository = long(30)
    const whole = newKeepsakes()
    await rememberRepository(repository.path, whole)
    const keepsakes = newKeepsakes()
    const killed = await openMemory(repository.path, keepsakes, { store: failingAt(keepsakes.store, write) })
    await expect(killed.remembered.settled()).rejects.toThrow('killed')
    await killed.close()
    const next = await rememberRepository(repository.path, keepsakes)
    expect(await stored(keepsakes)).toEqual(await stored(whole))
    expect(next.remembered.counts()).toMatchObject({ episodes: 30, complete: 30, pending: 0 })
  },
)

test('a daemon that is closed while it reads leaves nothing double and nothing out', async () => {
  const repository = long(300)
  const whole = newKeepsakes()
  await rememberRepository(repository.path, whole)
  const keepsakes = newKeepsakes()
  for (const delayMs of [1, 5, 10, 20, 40, 80]) {
    const opened = await openMemory(repository.path, keepsakes)
    opened.remembered.notice()
    await new Promise((resolve) => setTimeout(resolve, delayMs))
    await opened.close()
  }
  await rememberRepository(repository.path, keepsakes)
  expect(await stored(keepsakes)).toEqual(await stored(whole))
})

test('no write is under way any more when reading has failed', async () => {
  const keepsakes = newKeepsakes()
  const failed = Promise.withResolvers<void>()
  let writing = 0
  const reading = streamMessages(
    failingAfter(12_000, () => setTimeout(failed.resolve, 20)),
    {
      embedder: createInlineEmbedder(encoding),
      isExcluded: () => false,
      amend: async (said) => said,
      store: {
        ...keepsakes.store,
        async putEpisodes(rows) {
          writing += 1
          await failed.promise
          await keepsakes.store.putEpisodes(rows)
          writing -= 1
        },
      },
    },
    () => {},
    forever,
  )
  await expect(reading).rejects.toThrow('git is gone')
  expect(writing).toBe(0)
  expect(await keepsakes.store.episodeIds()).not.toEqual([])
})

/** Commits of nothing, and then a failure. */
async function* failingAfter(count: number, onFailing: () => void): AsyncGenerator<CommitHeader[]> {
  const who = { name: 'Ada', email: 'ada@example.com', time: 1_700_000_000, zone: 0 }
  yield Array.from({ length: count }, (_, index) => {
    const oid = index.toString(16).padStart(40, '0')
    return { oid, tree: oid, parents: [], author: who, committer: who, message: 'one', changes: [] }
  })
  onFailing()
  throw new Error('git is gone')
}

test('ancestors of a remembered tip that are missing are read', async () => {
  const repository = long(12)
  const keepsakes = newKeepsakes()
  const whole = newKeepsakes()
  await rememberRepository(repository.path, whole)
  const [tip = ''] = reached(repository, 'main', '--max-count=1')
  await keepsakes.store.putEpisodes(await whole.store.episodes([tip]))
  await rememberRepository(repository.path, keepsakes)
  expect(await stored(keepsakes)).toEqual(await stored(whole))
})

test('a shallow clone is read as far as it goes, and the rest once it is fetched', async () => {
  const source = long(20)
  const clone = cloneOf(source, '--depth=5')
  const keepsakes = newKeepsakes()
  const { remembered, memory } = await rememberRepository(clone.path, keepsakes)
  expect(remembered.counts()).toMatchObject({ episodes: 5, pending: 0 })
  clone.git('-c', 'protocol.file.allow=always', 'fetch', '--quiet', '--unshallow')
  await remembered.settled()
  expect((await stored(keepsakes)).episodes).toEqual(reached(source))
  expect(reached(source).every(memory.isReachable)).toBe(true)
})

test('a commit whose objects are broken is skipped, told of, and harms no other', async () => {
  const repository = long(10)
  repository.git('checkout', '--quiet', 'main')
  const broken = repository.commit('soon broken', { 'broken.txt': 'unlike anything else\n' })
  repository.commit('after it', { 'fine.txt': 'fine\n', 'broken.txt': 'changed\n' })
  const blob = repository.git('rev-parse', `${broken}:broken.txt`)
  rmSync(join(repository.path, '.git/objects', blob.slice(0, 2), blob.slice(2)))
  const { remembered, facts } = await rememberRepository(repository.path)
  const skipped = facts.flatMap(({ type, data }) => (type === 'memory.skipped' ? [data.oid] : []))
  expect(skipped).toEqual(expect.arrayContaining([broken]))
  expect(remembered.counts()).toMatchObject({
    episodes: 12,
    complete: 12 - new Set(skipped).size,
    pending: 0,
  })
})

test('a broken commit is not tried for ever', async () => {
  const repository = long(3)
  repository.git('checkout', '--quiet', 'main')
  const broken = repository.commit('soon broken', { 'broken.txt': 'unlike anything else\n' })
  repository.write('broken.txt', 'git would read the blob from here\n')
  const blob = repository.git('rev-parse', `${broken}:broken.txt`)
  rmSync(join(repository.path, '.git/objects', blob.slice(0, 2), blob.slice(2)))
  const { remembered, facts } = await rememberRepository(repository.path)
  for (let turn = 0; turn < 10; turn += 1) await remembered.settled()
  expect(facts.filter(({ type }) => type === 'memory.skipped')).toHaveLength(5)
})

test('refs that the configuration leaves out are left out', async () => {
  const shop = createWorkshop()
  const kept = shop.work('kept', { 'a.txt': 'a\n' })
  shop.write('a.txt', 'stashed\n')
  shop.git('stash', '--quiet')
  shop.git('update-ref', 'refs/aios/own/thing', shop.git('commit-tree', '-m', 'own', 'HEAD^{tree}'))
  const keepsakes = newKeepsakes()
  await rememberRepository(shop.path, keepsakes)
  expect((await stored(keepsakes)).episodes).toEqual([kept])
})

test('commits of every worktree are remembered, though no branch has them', async () => {
  const shop = createWorkshop()
  shop.work('base', { 'a.txt': 'a\n' })
  const path = `${shop.path}-linked`
  shop.git('worktree', 'add', '--quiet', '--detach', path)
  const linked = testRepositoryAt(path)
  const alone = linked.commit('alone', { 'b.txt': 'b\n' })
  const { memory } = await rememberRepository(shop.path)
  expect(memory.isReachable(alone)).toBe(true)
})

test('a merge is remembered with what it changed itself', async () => {
  const shop = createWorkshop()
  shop.work('base', { 'a.txt': lines(20), 'b.txt': lines(20) })
  shop.git('checkout', '--quiet', '-b', 'side')
  shop.work('side', { 'a.txt': lines(20, { 3: 'side' }), 'b.txt': lines(20, { 3: 'side' }) })
  shop.git('checkout', '--quiet', 'main')
  shop.work('main', { 'a.txt': lines(20, { 17: 'main' }), 'b.txt': lines(20, { 3: 'main' }) })
  expect(() => shop.git('merge', 'side')).toThrow(/CONFLICT|git merge/)
  const merge = shop.work('merge side', { 'b.txt': lines(20, { 3: 'both sides' }) })
  const keepsakes = newKeepsakes()
  await rememberRepository(shop.path, keepsakes)
  const [row] = await keepsakes.store.episodes([merge])
  expect(row?.changes).toContainEqual({ path: 'b.txt', status: 'modified' })
  expect(await keepsakes.store.passages([merge])).toMatchObject([{ path: 'b.txt' }])
  const found = await keepsakes.store.searchText('terms', 'both', 5)
  expect(found.map(({ oid }) => oid)).toEqual([merge])
})

test('a history goes on being read when git has dropped the commits that were read last', async () => {
  const shop = createWorkshop()
  shop.work('base', { 'a.txt': 'a\n' })
  shop.work('to be dropped', { 'b.txt': 'b\n' })
  const keepsakes = newKeepsakes()
  const first = await rememberRepository(shop.path, keepsakes)
  await first.close()
  shop.pass(60)
  shop.git('reset', '--quiet', '--hard', 'HEAD~1')
  // So many that they are read in bulk.
  for (let index = 0; index < 40; index += 1) shop.work(`instead ${index}`)
  shop.git('reflog', 'expire', '--expire=now', '--all')
  shop.git('gc', '--quiet', '--prune=now')
  const next: RememberedRepository = await rememberRepository(shop.path, keepsakes)
  expect(next.remembered.counts()).toMatchObject({ episodes: 42, complete: 42, pending: 0, unreachable: 1 })
})

test('an empty repository is remembered as such, and its first commit when it comes', async () => {
  const shop = createWorkshop()
  const { remembered } = await rememberRepository(shop.path)
  expect(remembered.counts()).toMatchObject({ episodes: 0, complete: 0, pending: 0, unreachable: 0 })
  shop.work('first', { 'a.txt': 'a\n' })
  await remembered.settled()
  expect(remembered.counts()).toMatchObject({ episodes: 1, complete: 1 })
})

test('paths that the configuration leaves out are remembered, their hunks are not', async () => {
  const shop = createWorkshop()
  const commit = shop.work('lock', { 'package-lock.json': '{"lockfileVersion": 3}\n', 'a.txt': 'a\n' })
  writeFileSync(join(shop.path, 'untracked'), '')
  const keepsakes = newKeepsakes()
  await rememberRepository(shop.path, keepsakes)
  expect((await keepsakes.store.passages([commit])).map(({ path }) => path)).toEqual(['a.txt'])
  const [row] = await keepsakes.store.episodes([commit])
  expect(row?.changes.map(({ path }) => path)).toEqual(['a.txt', 'package-lock.json'])
})
