import { chmodSync, closeSync, ftruncateSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createGit } from '../../../daemon/git/git.ts'
import { listCommits, readHeaders, readPatches } from '../../../daemon/git/history.ts'
import { openLiveReader } from '../../../daemon/git/live.ts'
import { openRepository } from '../../../daemon/git/repository.ts'
import { createHostileRepository } from '../../fixtures/git/hostile.ts'
import { cloneOf, fromStream, histories, long, times } from '../../fixtures/git/histories.ts'
import { countsOf, oracleCounts, oracleIds, readAll } from '../../fixtures/git/oracle.ts'
import { createTestRepository, type TestRepository } from '../../fixtures/git/test-repository.ts'

const git = createGit()
const needsGit = { code: 'repository.needs-git' }

/** So few objects that fast-import leaves them loose, where they can be broken one by one. */
function breakable(): TestRepository {
  return fromStream(times(6).map((n) => ({ files: { f: `${n}\n`, [`d/${n}`]: `${n} in d\n` } })))
}

function remove({ path, git: run }: TestRepository, revision: string): string {
  const oid = run('rev-parse', revision)
  rmSync(join(path, '.git/objects', oid.slice(0, 2), oid.slice(2)))
  return oid
}

function corrupt({ path, git: run }: TestRepository, revision: string): string {
  const oid = run('rev-parse', revision)
  const file = join(path, '.git/objects', oid.slice(0, 2), oid.slice(2))
  chmodSync(file, 0o644)
  writeFileSync(file, 'broken')
  return oid
}

async function collect(pages: AsyncIterable<readonly string[]>): Promise<string[]> {
  const found: string[] = []
  for await (const page of pages) found.push(...page)
  return found
}

test.each([
  ['missing', remove],
  ['broken', corrupt],
])('commits that need a %s blob are skipped and told of; all others are read', async (_name, harm) => {
  const source = breakable()
  const expected = oracleCounts(source.path)
  const [third, fourth] = [source.git('rev-parse', 'main~3'), source.git('rev-parse', 'main~2')]
  harm(source, 'main~3:f')
  const repository = await openRepository(source.path, git)
  const history = await readAll(repository)

  expect(history.skipped.map(({ oid }) => oid).toSorted()).toEqual([third, fourth].toSorted())
  expect(history.skipped.every(({ reason }) => reason !== '')).toBe(true)
  expect(history.headers.size).toBe(6)
  const { [third]: _third, [fourth]: _fourth, ...others } = expected
  expect(countsOf(history)).toEqual(others)

  const live = openLiveReader(repository)
  const tip = source.git('rev-parse', 'main')
  expect((await live.read([third, tip])).map(({ header }) => header.oid)).toEqual([tip])
  live.close()
})

test.each([
  ['git', git],
  ['no git', undefined],
])('commits that need a broken tree are read without their paths: with %s', async (_name, binary) => {
  const source = breakable()
  const commits = [source.git('rev-parse', 'main~3'), source.git('rev-parse', 'main~2')]
  const parents = [source.git('rev-parse', 'main~4'), source.git('rev-parse', 'main~3')]
  corrupt(source, 'main~3:d')
  const { headers, patches, skipped } = await readAll(await openRepository(source.path, binary))
  expect([headers.size, patches.size]).toEqual([6, 4])
  expect(commits.map((oid) => headers.get(oid)?.parents)).toEqual(parents.map((oid) => [oid]))
  expect(commits.map((oid) => headers.get(oid)?.changes)).toEqual([[], []])
  expect(skipped.map(({ oid }) => oid).toSorted()).toEqual(commits.toSorted())
})

test('a broken commit hides only what lies behind it', async () => {
  const source = breakable()
  const ids = source.git('rev-list', 'main').split('\n')
  corrupt(source, 'main~3')
  const repository = await openRepository(source.path, git)
  expect(await collect(listCommits(repository, { tips: await repository.tips() }))).toEqual(ids.slice(0, 3))
  const { headers, skipped } = await readAll(repository)
  expect([...headers.keys()]).toEqual(ids.slice(0, 3))
  expect(skipped.map(({ oid }) => oid)).toEqual([ids[2]])
})

test('a name that a broken repository hides is not called unknown', async () => {
  const repository = createTestRepository()
  const oid = repository.commit('one', { 'a.txt': '1\n' })
  const { resolve } = await openRepository(repository.path, git)
  const file = join(repository.path, '.git/objects', oid.slice(0, 2), oid.slice(2))
  chmodSync(file, 0o644)
  writeFileSync(file, 'no object')
  await expect(resolve('HEAD')).rejects.toMatchObject({
    code: 'git.failed',
    message: expect.stringContaining('corrupt'),
  })
  await expect(resolve('corrupt')).rejects.toMatchObject({ code: 'revision.unknown' })
})

test('a branch that leads to a lost commit does not hide the others', async () => {
  const source = breakable()
  source.git('branch', 'lost', source.git('commit-tree', '-m', 'lost', 'main^{tree}'))
  remove(source, 'lost')
  const repository = await openRepository(source.path, git)
  expect((await readAll(repository)).headers.size).toBe(6)
})

test('a partial clone is read as far as it goes, and nothing is fetched', async () => {
  const source = long(6)
  source.git('config', 'uploadpack.allowFilter', 'true')
  const clone = cloneOf(source, '--filter=blob:none', '--no-checkout')
  const hostile = createHostileRepository()
  clone.git('config', 'remote.origin.uploadpack', hostile.environment['PAGER'] ?? '')
  clone.git('config', 'protocol.file.allow', 'always')
  const repository = await openRepository(clone.path, git)
  const { headers, skipped } = await readAll(repository)

  expect(repository.isPartial).toBe(true)
  expect([...headers.keys()].toSorted()).toEqual(oracleIds(source.path))
  expect(skipped.length).toBeGreaterThan(0)
  expect(hostile.wasRun()).toBe(false)
  expect(clone.git('rev-list', '--objects', '--all', '--missing=print')).toMatch(/^\?/m)
})

test('a shallow clone that is deepened shows the rest', async () => {
  const source = long(8)
  const clone = cloneOf(source, '--depth=2')
  const repository = await openRepository(clone.path, git)
  expect(repository.isShallow).toBe(true)
  expect((await readAll(repository)).headers.size).toBe(2)
  clone.git('fetch', '--quiet', '--unshallow')
  const history = await readAll(repository)
  expect([...history.headers.keys()].toSorted()).toEqual(oracleIds(source.path))
  expect(countsOf(history)).toEqual(oracleCounts(source.path))
})

test('a gc in the middle of reading is not noticed', async () => {
  const source = fromStream(times(600).map((n) => ({ files: { [`f${n % 9}`]: `${n}\n` } })))
  const repository = await openRepository(source.path, git)
  const live = openLiveReader(repository)
  const tip = source.git('rev-parse', 'main')
  await live.read([tip])
  const ids = await collect(listCommits(repository, { tips: [tip] }))
  const found: string[] = []
  for await (const batch of readPatches(repository, ids)) {
    if (found.length === 0) source.git('gc', '--quiet', '--prune=now')
    found.push(...batch.map(({ oid }) => oid))
  }
  expect(found).toEqual(ids)
  expect((await live.read([tip])).map(({ patch }) => patch.oid)).toEqual([tip])
  live.close()
})

test('after a force-push, only what is new is listed', async () => {
  const source = long(5)
  const repository = await openRepository(source.path, git)
  const known = await repository.tips()
  source.git('reset', '--quiet', '--hard', 'main~2')
  const fresh = [source.commit('instead', { x: 'x\n' }), source.commit('and more', { x: 'y\n' })]
  const tips = await repository.tips()
  expect(await collect(listCommits(repository, { tips, known }))).toEqual(fresh.toReversed())
})

test('a signal ends reading at once, and leaves no process behind', async () => {
  const repository = await openRepository(long(60).path, git)
  const stop = new AbortController()
  const reading = readHeaders(repository, { tips: await repository.tips() }, {}, stop.signal)
  stop.abort(new Error('enough'))
  await expect(reading.next()).rejects.toThrow('enough')
})

test('what is not there, is gone or is no repository is told apart', async () => {
  const source = long(1)
  const repository = await openRepository(source.path, git)
  await expect(openRepository(join(source.path, 'nowhere'), git)).rejects.toMatchObject({
    code: 'repository.missing',
  })
  await expect(openRepository('/', git)).rejects.toMatchObject({ code: 'repository.not-found' })
  await expect(openRepository('/', undefined)).rejects.toMatchObject({ code: 'repository.not-found' })
  renameSync(source.path, `${source.path}-moved`)
  await expect(repository.refs()).rejects.toMatchObject({ code: 'repository.missing' })
})

test('without git on PATH there is no runner', () => {
  expect(createGit({ binary: 'no-such-git' })).toBeUndefined()
  expect(createGit({ binary: '/no/such/git' })).toBeUndefined()
})

test('SHA-256 is read by git, and without git it is refused', async () => {
  const source = createTestRepository('--object-format=sha256')
  source.commit('one', { a: 'a\n' })
  source.commit('two', { a: 'b\n' })
  const repository = await openRepository(source.path, git)
  expect(repository.objectFormat).toBe('sha256')
  expect(countsOf(await readAll(repository))).toEqual(oracleCounts(source.path))
  await expect(openRepository(repository.root, undefined)).rejects.toMatchObject(needsGit)
})

test('a reftable is read by git, and without git it is refused', async (context) => {
  const [major = 0, minor = 0] = createTestRepository().git('version').match(/\d+/g)?.map(Number) ?? []
  if (major < 2 || (major === 2 && minor < 45)) return context.skip('Reftables need git 2.45.')
  const source = createTestRepository('--ref-format=reftable')
  source.commit('one', { a: 'a\n' })
  const repository = await openRepository(source.path, git)
  expect((await readAll(repository)).headers.size).toBe(1)
  await expect(openRepository(repository.root, undefined)).rejects.toMatchObject(needsGit)
})

test.each(['alternates', 'a linked worktree'])('without git, %s are refused', async (name) => {
  const path = histories[name]?.().path ?? ''
  await expect(openRepository(path, undefined)).rejects.toMatchObject(needsGit)
})

test('without git, a pack of more than 2 GiB is refused', async () => {
  const { path } = long(1)
  const file = openSync(join(path, '.git/objects/pack/pack-huge.pack'), 'w')
  ftruncateSync(file, 2 ** 31)
  closeSync(file)
  await expect(openRepository(path, undefined)).rejects.toMatchObject(needsGit)
})
