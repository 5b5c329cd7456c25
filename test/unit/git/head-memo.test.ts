import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rememberingHead } from '../../../daemon/git/head-memo.ts'
import { createGit } from '../../../daemon/git/git.ts'
import { placeOf, openRepository } from '../../../daemon/git/repository.ts'
import { readHead } from '../../../daemon/git/refs.ts'
import { createTestRepository, type TestRepository } from '../../fixtures/git/test-repository.ts'

/** The head of a repository as it is remembered, and how often git was asked for it. */
async function remembered(repository: TestRepository) {
  const git = createGit()
  if (git === undefined) throw new Error('These tests need git.')
  const layout = await openRepository(repository.path, git)
  let asked = 0
  const head = rememberingHead(layout, () => {
    asked += 1
    return readHead(git, placeOf(layout))
  })
  return { head, asked: () => asked }
}

test('git is asked again after whatever moves HEAD, and only then', async () => {
  const repository = createTestRepository('--initial-branch=main')
  const { head, asked } = await remembered(repository)
  expect(await head()).toMatchObject({ unborn: true, ref: 'refs/heads/main' })
  const first = repository.commit('one', { 'a.txt': '1\n' })
  const moves: [() => unknown, object][] = [
    [() => {}, { oid: first, ref: 'refs/heads/main' }],
    [() => repository.git('pack-refs', '--all'), { oid: first }],
    [() => repository.git('checkout', '--quiet', '-b', 'topic'), { oid: first, ref: 'refs/heads/topic' }],
    [() => repository.git('checkout', '--quiet', '--detach'), { oid: first, detached: true }],
    [() => repository.git('checkout', '--quiet', 'main'), { oid: first, ref: 'refs/heads/main' }],
    [() => repository.git('symbolic-ref', 'HEAD', 'refs/heads/none'), { unborn: true }],
  ]
  for (const [move, expected] of moves) {
    move()
    expect(await head()).toMatchObject(expected)
    const before = asked()
    expect(await head()).toMatchObject(expected)
    expect(asked()).toBe(before)
  }
})

test('thirty commits, one after the other, are each seen at once', async () => {
  const repository = createTestRepository('--initial-branch=main')
  const tree = repository.git('write-tree')
  const { head } = await remembered(repository)
  let parent: string | undefined
  for (let count = 0; count < 30; count++) {
    const parents = parent === undefined ? [] : ['-p', parent]
    parent = repository.git('commit-tree', tree, ...parents, '-m', `${count}`)
    repository.git('update-ref', 'refs/heads/main', parent)
    expect((await head()).oid).toBe(parent)
  }
})

test('a repository that is gone is not remembered', async () => {
  const repository = createTestRepository()
  repository.commit('one', { 'a.txt': '1\n' })
  const { head } = await remembered(repository)
  await head()
  await head()
  writeFileSync(join(repository.path, '.git', 'HEAD'), '')
  await expect(head()).rejects.toThrow(/./)
  rmSync(repository.path, { recursive: true })
  await expect(head()).rejects.toThrow(/./)
})
