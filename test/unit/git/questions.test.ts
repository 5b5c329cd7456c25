import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { blameLines, fileHistory } from '../../../daemon/git/blame.ts'
import { createGit } from '../../../daemon/git/git.ts'
import { lineHistory } from '../../../daemon/git/line-history.ts'
import { repositoryPath } from '../../../daemon/git/paths.ts'
import { openRepository } from '../../../daemon/git/repository.ts'
import { changedPaths, filesAtHead, stagedPaths } from '../../../daemon/git/staged.ts'
import { cloneOf, emptyFolder, fromStream, histories, long } from '../../fixtures/git/histories.ts'
import { createTestRepository } from '../../fixtures/git/test-repository.ts'

const git = createGit()

test('the next commit is known by its paths, before the first one as well', async () => {
  const source = createTestRepository()
  const repository = await openRepository(source.path, git)
  expect(await stagedPaths(repository)).toEqual([])
  expect(await filesAtHead(repository)).toEqual(new Set())
  source.write('a\tb', 'x\n')
  source.write('café', 'x\n')
  source.git('add', '--all')
  expect(await stagedPaths(repository)).toEqual(['a\tb', 'café'])
  source.commit('one')
  source.git('mv', 'café', 'thé')
  source.write('not staged', 'x\n')
  expect(await stagedPaths(repository)).toEqual(['thé'])
  expect(await filesAtHead(repository)).toEqual(new Set(['a\tb', 'café']))
})

test('a range is known by the paths that differ, from where both sides part if it has three dots', async () => {
  const source = fromStream([
    { mark: 1, files: { a: '1\n' } },
    { mark: 2, parents: [1], files: { b: '2\n' } },
    { mark: 3, parents: [1], branch: 'refs/heads/side', files: { c: '3\n' } },
  ])
  const repository = await openRepository(source.path, git)
  expect(await changedPaths(repository, 'side..main')).toEqual(['b', 'c'])
  expect(await changedPaths(repository, 'side...main')).toEqual(['b'])
  expect(await changedPaths(repository, 'main~1')).toEqual(['b'])
  await expect(changedPaths(repository, 'main..nowhere')).rejects.toMatchObject({ code: 'revision.unknown' })
})

test('lines lead to the commits that made them, through renames and past ignored commits', async () => {
  const source = createTestRepository()
  const one = source.commit('one', { 'old "name"': 'a\nb\nc\n' })
  const two = source.commit('two', { 'old "name"': 'a\nB\nc\n' })
  source.git('mv', 'old "name"', 'new')
  const three = source.commit('three')
  const four = source.commit('four', { new: 'a!\nB\nc\n' })
  const repository = await openRepository(source.path, git)

  const blamed = await blameLines(repository, { path: 'new' })
  expect(blamed.map(({ oid, line, path, text, boundary }) => [oid, line, path, text, boundary])).toEqual([
    [four, 1, 'new', 'a!', false],
    [two, 2, 'old "name"', 'B', false],
    [one, 3, 'old "name"', 'c', false],
  ])
  expect(await lineHistory(repository, blamed.slice(1, 2))).toEqual({ oids: [two, one], complete: true })
  expect(await lineHistory(repository, blamed)).toEqual({ oids: [four, two, one], complete: true })
  expect(await fileHistory(repository, { path: 'new' })).toEqual({
    oids: [four, three, two, one],
    complete: true,
  })
  expect(await blameLines(repository, { path: 'new', start: 9, end: 10 })).toEqual([])
  expect(await blameLines(repository, { path: 'old "name"', revision: one, start: 1, end: 99 })).toHaveLength(
    3,
  )
  await expect(blameLines(repository, { path: 'nowhere' })).rejects.toMatchObject({ code: 'path.unknown' })

  source.commit('ignore', { '.git-blame-ignore-revs': `${four}\n` })
  expect((await blameLines(repository, { path: 'new', start: 1, end: 1 }))[0]?.oid).toBe(one)
  source.commit('broken list', { '.git-blame-ignore-revs': 'this is no commit\n' })
  expect((await blameLines(repository, { path: 'new', start: 1, end: 1 }))[0]?.oid).toBe(four)
})

test('the history of a line that changes often is cut, and says so', async () => {
  const source = createTestRepository()
  const oids = Array.from({ length: 16 }, (_nothing, turn) =>
    source.commit(`turn ${turn}`, { f: `a\nnumber ${turn}\nb\n` }),
  )
  const repository = await openRepository(source.path, git)
  const blamed = await blameLines(repository, { path: 'f', start: 2, end: 2 })
  expect(await lineHistory(repository, blamed)).toEqual({
    oids: oids.toReversed().slice(0, 13),
    complete: false,
  })
})

test('blame in a shallow clone says where history ends', async () => {
  const source = createTestRepository()
  source.commit('one', { f: 'a\n' })
  source.commit('two', { f: 'a\nb\n' })
  source.commit('three', { f: 'a\nb\nc\n' })
  const repository = await openRepository(cloneOf(source, '--depth=2').path, git)
  expect((await blameLines(repository, { path: 'f' })).map(({ boundary }) => boundary)).toEqual([
    true,
    true,
    false,
  ])
})

test('a path is named from the top of the repository, or refused', async () => {
  const source = long(2)
  const outside = emptyFolder()
  mkdirSync(join(source.path, 'folder/deep'), { recursive: true })
  symlinkSync(outside, join(source.path, 'out'))
  symlinkSync(join(source.path, 'folder'), join(source.path, 'in'))
  symlinkSync(source.path, join(outside, 'back'))
  const repository = await openRepository(source.path, git)
  const named = (cwd: string, path: string) => repositoryPath(repository, cwd, path)

  expect(await named(source.path, 'folder/1.txt')).toBe('folder/1.txt')
  expect(await named(join(source.path, 'folder'), './deep/../1.txt')).toBe('folder/1.txt')
  expect(await named(outside, join(source.path, 'gone/file'))).toBe('gone/file')
  expect(await named(join(outside, 'back'), 'x')).toBe('x')
  expect(await named(source.path, 'in/1.txt')).toBe('folder/1.txt')
  expect(await named(source.path, 'out')).toBe('out')
  expect(await named(source.path, '..named')).toBe('..named')
  expect(await named(source.path, '.')).toBe('')
  for (const path of [
    '..',
    '../x',
    '/etc/passwd',
    'out/x',
    'in/../../x',
    'a/../../x',
    '.git/config',
    '.GIT/config',
    'a\0b',
  ]) {
    await expect(named(source.path, path)).rejects.toMatchObject({ code: 'path.outside' })
  }
})

test.each([
  ['git', git],
  ['the portable reader', undefined],
])('with %s, revisions and refs lead to commits', async (_name, runner) => {
  const source = histories['tags of commits, of tags, of trees and of blobs']?.() ?? createTestRepository()
  const repository = await openRepository(source.path, runner)
  for (const revision of [
    'HEAD',
    'main',
    'main~2',
    'nested',
    'annotated^',
    source.git('rev-parse', '--short=12', 'main~1'),
  ]) {
    expect(await repository.resolve(revision)).toBe(source.git('rev-parse', `${revision}^{commit}`))
  }
  for (const revision of ['nowhere', 'tree', 'main~99', 'deadbeef']) {
    await expect(repository.resolve(revision)).rejects.toMatchObject({ code: 'revision.unknown' })
  }
  expect((await repository.refs()).map(({ name }) => name)).toEqual([
    'refs/heads/main',
    'refs/tags/annotated',
    'refs/tags/light',
    'refs/tags/nested',
    'refs/tags/only-nested',
  ])
  const [main, first] = [source.git('rev-parse', 'main'), source.git('rev-parse', 'main~3')]
  expect(await repository.head()).toEqual({
    oid: main,
    ref: 'refs/heads/main',
    detached: false,
    unborn: false,
  })
  expect([await repository.isAncestor(first, main), await repository.isAncestor(main, first)]).toEqual([
    true,
    false,
  ])
  const blob = source.git('rev-parse', 'main:folder/4.txt')
  expect(await repository.readBlob(blob, { maxBytes: 6 })).toEqual({
    content: Buffer.from('line 4'),
    truncated: true,
  })
})

test('too short an id is ambiguous', async () => {
  const source = fromStream(Array.from({ length: 400 }, (_, n) => ({ files: { f: `${n}\n` } })))
  const ids = source
    .git('rev-list', 'main')
    .split('\n')
    .map((oid) => oid.slice(0, 4))
    .toSorted()
  const twice = ids.find((id, index) => id === ids[index + 1])
  const repository = await openRepository(source.path, git)
  if (twice === undefined) return
  await expect(repository.resolve(twice)).rejects.toMatchObject({ code: 'revision.ambiguous' })
})

test('an unborn and a detached HEAD say so', async () => {
  for (const runner of [git, undefined]) {
    const source = createTestRepository()
    const repository = await openRepository(source.path, runner)
    expect(await repository.head()).toEqual({ ref: 'refs/heads/main', detached: false, unborn: true })
    expect(await repository.tips()).toEqual([])
    const oid = source.commit('one', { a: 'a\n' })
    source.git('checkout', '--quiet', '--detach')
    expect(await repository.head()).toEqual({ oid, detached: true, unborn: false })
  }
})
