import { expect, test } from 'vitest'
import { createGit } from '../../../daemon/git/git.ts'
import { openRepository } from '../../../daemon/git/repository.ts'
import { createGitHistory } from '../../../daemon/memory/git-history.ts'
import { cloneOf } from '../../fixtures/git/histories.ts'
import { createTestRepository, type TestRepository } from '../../fixtures/git/test-repository.ts'
import { newKeepsakes, rememberRepository } from '../../fixtures/memory.ts'

/** Clones what has small and large files, an empty commit, a mode, a submodule and a merge, without some contents. */
function partialClone(filter: string): TestRepository {
  const source = createTestRepository()
  source.git('config', 'uploadpack.allowFilter', 'true')
  source.commit('small', { 'small.txt': 'small\n' })
  source.commit('large', { 'large.txt': 'large\n'.repeat(100) })
  source.commit('nothing')
  source.git('checkout', '--quiet', '-b', 'side', 'main~1')
  source.commit('beside', { 'large.txt': 'larger\n'.repeat(100) })
  source.git('checkout', '--quiet', 'main')
  source.commit('small again', { 'small.txt': 'small again\n' })
  source.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'side')
  source.git('update-index', '--add', '--cacheinfo', `160000,${'a'.repeat(40)},module`)
  source.git('commit', '--quiet', '-m', 'module')
  return cloneOf(source, `--filter=${filter}`, '--no-checkout')
}

function named(repository: TestRepository, oids: Iterable<string>): string[] {
  return [...oids].map((oid) => repository.git('log', '-1', '--format=%s', oid)).toSorted()
}

test.each([
  ['blob:none', ['beside', 'large', 'small', 'small again']],
  ['blob:limit=100', ['beside', 'large']],
])('of a clone made with %s, exactly the commits that need absent contents wait', async (filter, waiting) => {
  const clone = partialClone(filter)
  const repository = await openRepository(clone.path, createGit())
  const { absent } = createGitHistory(repository, () => [])
  const oids = clone.git('rev-list', '--all').split('\n')
  const found = await absent(oids, new AbortController().signal)
  expect(named(clone, found)).toEqual(waiting)

  const { remembered, facts } = await rememberRepository(clone.path)
  expect(remembered.counts()).toMatchObject({
    episodes: 7,
    complete: 7 - waiting.length,
    absent: waiting.length,
    pending: 0,
  })
  expect(facts.filter(({ type }) => type === 'memory.skipped')).toEqual([])
})

test('what a fetch brings is read, and what was committed here is read at once', async () => {
  const clone = partialClone('blob:none')
  const { remembered } = await rememberRepository(clone.path)
  clone.git('read-tree', 'HEAD')
  clone.write('own.txt', 'own\n')
  clone.git('add', 'own.txt')
  clone.git('commit', '--quiet', '-m', 'own')
  await remembered.settled()
  expect(remembered.counts()).toMatchObject({ episodes: 8, complete: 4, absent: 4, pending: 0 })

  clone.git('fetch', '--quiet', '--refetch', '--no-filter')
  await remembered.settled()
  expect(remembered.counts()).toMatchObject({ episodes: 8, complete: 8, absent: 0, pending: 0 })
})

test('what was called unreadable before it was known why is so no longer', async () => {
  const clone = partialClone('blob:none')
  const keepsakes = newKeepsakes()
  const repository = await openRepository(clone.path, createGit())
  const history = { ...createGitHistory(repository, () => []), absent: async () => new Set<string>() }
  const old = await rememberRepository(clone.path, keepsakes, { history })
  expect(old.facts.filter(({ type }) => type === 'memory.skipped').length).toBeGreaterThan(0)
  await old.close()
  const { remembered } = await rememberRepository(clone.path, keepsakes)
  expect(remembered.counts()).toMatchObject({ absent: 4, pending: 0 })
})
