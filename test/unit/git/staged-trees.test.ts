import { readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openBlobReader } from '../../../daemon/git/blob-reader.ts'
import { createGit } from '../../../daemon/git/git.ts'
import { treeInIndex } from '../../../daemon/git/index-tree.ts'
import { compareLines } from '../../../daemon/git/line-changes.ts'
import { openRepository } from '../../../daemon/git/repository.ts'
import { type IndexPlace, readStagedFiles } from '../../../daemon/git/staged-files.ts'
import { openStagedTrees } from '../../../daemon/git/staged-trees.ts'
import { createTestRepository, type TestRepository } from '../../fixtures/git/test-repository.ts'

const forever = new AbortController().signal

async function setUp(repository: TestRepository) {
  const git = createGit()
  if (git === undefined) throw new Error('These tests need git.')
  const opened = await openRepository(repository.path, git)
  const blobs = openBlobReader(opened)
  const trees = openStagedTrees(opened, blobs)
  onTestFinished(() => {
    trees.close()
    blobs.close()
  })
  const place = placeAt(repository.path)
  return {
    place,
    blobs,
    trees,
    read: (where: IndexPlace = place) => trees.read(where, forever),
    asked: (where: IndexPlace = place) => readStagedFiles(git, where, forever),
    index: () => treeInIndex(readFileSync(place.indexFile), opened.objectFormat),
  }
}

function placeAt(path: string): IndexPlace {
  const gitDir = join(path, '.git')
  return { gitDir, commonDir: gitDir, indexFile: join(gitDir, 'index') }
}

/** What git does before it asks its hooks: it writes the tree, and its name into the index. */
function writeTree({ git }: TestRepository): string {
  return git('write-tree')
}

function stageOfEverything(...initArgs: readonly string[]): TestRepository {
  const repository = createTestRepository(...initArgs)
  const text = 'the tide turns\n'.repeat(20)
  const head = repository.commit('one', {
    'moved.md': text,
    'gone.md': 'gone\n',
    'run.sh': 'true\n',
    'a/b': 'b',
  })
  repository.git('mv', 'moved.md', 'there.md')
  repository.git('rm', '-q', 'gone.md')
  repository.write('tîde ☾\nof two lines', 'new\n')
  repository.write('a/b', 'c')
  repository.git('add', '--all')
  repository.git('update-index', '--chmod=+x', 'run.sh')
  repository.git('update-index', '--add', '--cacheinfo', `160000,${head},module`)
  const blob = repository.git('hash-object', '-w', 'run.sh')
  repository.git('update-index', '--add', '--cacheinfo', `100644,${blob},${'long/'.repeat(820)}name`)
  return repository
}

test.each(['sha1', 'sha256'])(
  'what is staged in a %s repository is what git itself tells',
  async (format) => {
    const repository = stageOfEverything(`--object-format=${format}`)
    const { read, asked, index } = await setUp(repository)
    expect(await read()).toBeUndefined()
    const tree = writeTree(repository)
    expect(index()).toBe(tree)
    expect(await read()).toEqual(await asked())
    expect((await read())?.map(({ status }) => status).toSorted()).toEqual(
      ['added', 'added', 'added', 'deleted', 'modified', 'modified', 'renamed'].toSorted(),
    )
  },
)

test.each([
  ['of version 4', ['--index-version', '4']],
  ['with entries that say more', ['--skip-worktree', 'run.sh']],
])('an index %s is read as well', async (_what, args) => {
  const repository = stageOfEverything()
  repository.git('update-index', ...args)
  const tree = writeTree(repository)
  const { read, asked, index } = await setUp(repository)
  expect(index()).toBe(tree)
  expect(await read()).toEqual(await asked())
})

test('an index of which a part lies elsewhere, or that was changed since, is left to git', async () => {
  const repository = createTestRepository()
  repository.commit('one', { 'tide.md': 'one\n' })
  writeTree(repository)
  const { read } = await setUp(repository)
  expect(await read()).toEqual([])
  repository.write('tide.md', 'two\n')
  repository.git('add', 'tide.md')
  expect(await read()).toBeUndefined()
  writeTree(repository)
  expect(await read()).toMatchObject([{ path: 'tide.md', size: 4 }])
  repository.git('update-index', '--split-index')
  expect(await read()).toBeUndefined()
})

test('an index that ends anywhere names no tree', () => {
  const repository = stageOfEverything()
  const tree = writeTree(repository)
  const index = readFileSync(placeAt(repository.path).indexFile)
  expect(treeInIndex(index, 'sha1')).toBe(tree)
  for (let bytes = 0; bytes < index.length; bytes += 1)
    expect(treeInIndex(index.subarray(0, bytes), 'sha1')).toBeUndefined()
  for (let at = 0; at < 300; at += 1) {
    const damaged = Buffer.from(index)
    damaged[at] = 255 - (damaged[at] ?? 0)
    expect(() => treeInIndex(damaged, 'sha1')).not.toThrow()
  }
})

test('a commit that moves HEAD is seen, wherever the ref is kept and whichever worktree has it', async () => {
  const repository = createTestRepository()
  repository.commit('one', { 'tide.md': 'one\n' })
  const { read, asked } = await setUp(repository)
  for (const text of ['two\n', 'three\n']) {
    repository.commit(text, { 'tide.md': text })
    writeTree(repository)
    expect(await read()).toEqual([])
    repository.git('pack-refs', '--all')
  }
  const side = join(realpathSync(join(repository.path, '..')), `side-${process.pid}`)
  onTestFinished(() => rmSync(side, { recursive: true, force: true }))
  repository.git('worktree', 'add', '-q', '-b', 'side', side, 'HEAD~1')
  writeFileSync(join(side, 'tide.md'), 'four\n')
  const gitDir = realpathSync(repository.git('-C', side, 'rev-parse', '--absolute-git-dir'))
  const place = { gitDir, commonDir: join(repository.path, '.git'), indexFile: join(gitDir, 'index') }
  repository.git('-C', side, 'add', '.')
  repository.git('-C', side, 'write-tree')
  expect(await read(place)).toMatchObject([{ path: 'tide.md', size: 5 }])
  expect(await read(place)).toEqual(await asked(place))
  repository.git('-C', side, 'checkout', '-q', '--detach')
  expect(await read(place)).toEqual(await asked(place))
  expect(await read(place)).toHaveLength(1)
  repository.git('-C', side, 'symbolic-ref', 'HEAD', 'refs/bisect/one')
  expect(await read(place)).toBeUndefined()
})

test('before the first commit, and where an object is lost, git is left to say so', async () => {
  const repository = createTestRepository()
  repository.write('tide.md', 'one\n')
  repository.git('add', '.')
  writeTree(repository)
  const { read, asked } = await setUp(repository)
  expect(await read()).toBeUndefined()
  expect(await asked()).toHaveLength(1)
  repository.git('commit', '-qm', 'one')
  expect(await read()).toEqual([])
  repository.write('tide.md', 'two\n')
  repository.git('add', '.')
  const next = writeTree(repository)
  rmSync(join(repository.path, '.git', 'objects', next.slice(0, 2), next.slice(2)))
  expect(await read()).toBeUndefined()
  // What met it is asked again all the same.
  repository.write('tide.md', 'three\n')
  repository.git('add', '.')
  writeTree(repository)
  expect(await read()).toMatchObject([{ path: 'tide.md', size: 6 }])
})

test('a folder that is deleted with all its dumps is named, and its lines are not held', async () => {
  const repository = createTestRepository()
  const dump = 'INSERT INTO tides VALUES (1);\n'.repeat(16_000)
  const names = Array.from({ length: 40 }, (_, number) => `dumps/${number}.sql`)
  repository.commit('one', Object.fromEntries(names.map((name) => [name, name + dump])))
  repository.git('rm', '-rq', 'dumps')
  writeTree(repository)
  const { read, trees, place } = await setUp(repository)
  const files = (await read()) ?? []
  expect(files).toHaveLength(names.length)
  expect(await trees.changesOf(files)).toEqual(names.map(() => undefined))
  repository.git('reset', '-q', 'HEAD~0', '--', 'dumps/0.sql')
  const fewer = await trees.prepare(place, forever)
  expect(fewer).toHaveLength(names.length - 1)
  expect(await trees.changesOf(fewer)).toEqual(fewer.map(() => undefined))
  // What met it is asked again all the same.
  repository.git('reset', '-q', '--hard')
  repository.write('tide.md', 'one\n')
  repository.git('add', '.')
  writeTree(repository)
  const [tide] = (await read()) ?? []
  expect(tide).toMatchObject({ path: 'tide.md', size: 4 })
  expect(await trees.changesOf(tide ? [tide] : [])).toMatchObject([{ fresh: [{ text: 'one' }] }])
})

/** The lines that one text has and the other has not, as changed lines tell and as the texts themselves do. */
const ownTexts = (
  lines: readonly { readonly text: string }[],
  others: readonly { readonly text: string }[],
) => new Set(lines.map(({ text }) => text)).difference(new Set(['', ...others.map(({ text }) => text)]))

test('how staged blobs differ is what a comparison of them tells, and nothing is told of what git takes for binary', async () => {
  const repository = createTestRepository()
  const lines = Array.from({ length: 40 }, (_, number) => `the tide turned at ${number} today`)
  const hostile = 'a/one\n@@ -1 +1 @@\nindex 00..11'
  repository.commit('one', {
    'edited.md': lines.join('\n'),
    [hostile]: 'one\n',
    'bound.md': 'one\n',
    'image.png': Buffer.from([0, 1, 2]),
    'gone.md': 'gone\n',
    '.gitattributes': 'bound.md -diff\n',
  })
  const edited = lines.flatMap((line, at) =>
    at % 7 === 3 ? [] : at % 11 === 5 ? [line, '+++ b/new', '-- x'] : [line],
  )
  repository.write('edited.md', `${edited.join('\n')}\n@@ -1 +1 @@\n`)
  repository.write(hostile, 'two\r\n\n')
  repository.write('bound.md', 'two\n')
  repository.write('image.png', Buffer.from([0, 1, 3]))
  repository.write('new.md', 'a line\nwithout an end')
  rmSync(join(repository.path, 'gone.md'))
  repository.git('add', '--all')
  writeTree(repository)
  const { read, trees, blobs } = await setUp(repository)
  const files = (await read()) ?? []
  const changes = new Map(
    (await trees.changesOf(files)).map((change, at) => [files[at]?.path ?? '', change] as const),
  )
  expect(files).toHaveLength(6)
  expect(changes.get('bound.md')).toBeUndefined()
  expect(changes.get('image.png')).toBeUndefined()
  for (const path of ['edited.md', hostile, 'new.md']) {
    const { oid = '', oldOid } = files.find((file) => file.path === path) ?? {}
    const [after, before = Buffer.alloc(0)] = await blobs.read(
      oldOid === undefined ? [oid] : [oid, oldOid],
      1000_000,
      forever,
    )
    const told = changes.get(path)
    const own = compareLines(before, after ?? Buffer.alloc(0))
    expect(ownTexts(told?.gone ?? [], told?.fresh ?? [])).toEqual(ownTexts(own.gone, own.fresh))
    expect(ownTexts(told?.fresh ?? [], told?.gone ?? [])).toEqual(ownTexts(own.fresh, own.gone))
    const now = after?.toString().split('\n') ?? []
    expect(told?.fresh.every(({ text, line }) => now[line - 1] === text)).toBe(true)
    const was = before.toString().split('\n')
    expect(told?.gone.every(({ text, line }) => was[line - 1] === text)).toBe(true)
  }
  repository.write('edited.md', 'other\n')
  repository.git('add', '.')
  writeTree(repository)
  await read()
  const others = files.filter(({ path }) => path === 'edited.md')
  expect(await trees.changesOf(others)).toEqual([undefined])
})

test('what is staged is compared before git asks, and not again when it does', async () => {
  const repository = createTestRepository()
  repository.commit('one', { 'tide.md': 'low\nhigh\n' })
  repository.write('tide.md', 'low\nhigher\n')
  repository.git('add', '.')
  const { read, trees, place, asked } = await setUp(repository)
  expect(await read()).toBeUndefined()
  const files = await trees.prepare(place, forever)
  expect(files).toEqual(await asked())
  const told = await trees.changesOf(files)
  expect(told).toMatchObject([{ gone: [{ text: 'high', line: 2 }], fresh: [{ text: 'higher', line: 2 }] }])
  writeTree(repository)
  expect(await read()).toEqual(files)
  // The very same: git was not asked again.
  expect((await trees.changesOf(files))[0]).toBe(told[0])
})

test('what cannot be compared yet is compared when git asks', async () => {
  const repository = createTestRepository()
  repository.write('tide.md', 'low\n')
  repository.git('add', '.')
  const { read, trees, place } = await setUp(repository)
  const files = await trees.prepare(place, forever)
  expect(files).toMatchObject([{ path: 'tide.md', status: 'added' }])
  expect(await trees.changesOf(files)).toEqual([undefined])
  repository.git('commit', '-qm', 'one', '--allow-empty')
  repository.write('sea.md', 'deep\n')
  repository.git('add', '.')
  const ending = new AbortController()
  ending.abort(new Error('closed'))
  await expect(trees.prepare(place, ending.signal)).rejects.toThrow('closed')
  writeTree(repository)
  const later = (await read()) ?? []
  expect(await trees.changesOf(later)).toMatchObject([{ fresh: [{ text: 'deep' }] }])
})

test('where a blob is lost nothing is guessed, and one in an alternate that is new is found', async () => {
  const repository = createTestRepository()
  repository.commit('one', { 'tide.md': `${'low\n'.repeat(30)}high\n`, 'sea.md': 'deep\n' })
  repository.write('new.md', 'new\n')
  repository.git('add', '.')
  writeTree(repository)
  const { read, asked, blobs } = await setUp(repository)
  expect(await read()).toHaveLength(1)

  const elsewhere = createTestRepository()
  elsewhere.commit('elsewhere', { 'spring.md': `${'low\n'.repeat(30)}higher\n` })
  const alternates = join(repository.path, '.git', 'objects', 'info', 'alternates')
  writeFileSync(alternates, join(elsewhere.path, '.git', 'objects'))
  repository.git('rm', '-q', 'tide.md')
  repository.write('spring.md', `${'low\n'.repeat(30)}higher\n`)
  repository.git('add', '.')
  writeTree(repository)
  // What is held open does not know of the alternate.
  expect(await read()).toBeUndefined()
  const files = await asked()
  expect(files.map(({ path, size }) => [path, size])).toEqual([
    ['new.md', 4],
    ['spring.md', 127],
  ])
  const [known = '', unknown = ''] = files.map(({ oid }) => oid)
  expect(await blobs.lost([known, unknown], 3, forever)).toEqual([unknown])
  rmSync(alternates)
  await expect(asked()).rejects.toMatchObject({ code: 'git.failed' })
})
