import { spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { blameLines, fileHistory } from '../../../daemon/git/blame.ts'
import { lineHistory } from '../../../daemon/git/line-history.ts'
import { createGit } from '../../../daemon/git/git.ts'
import { listCommits, readHeaders } from '../../../daemon/git/history.ts'
import { openLiveReader } from '../../../daemon/git/live.ts'
import { openRepository, type Repository } from '../../../daemon/git/repository.ts'
import { changedPaths, filesAtHead, stagedPaths } from '../../../daemon/git/staged.ts'
import { unionPatchId } from '../../../daemon/git/diff-once.ts'
import { cloneOf, long } from '../../fixtures/git/histories.ts'
import { createHostileRepository } from '../../fixtures/git/hostile.ts'
import { readAll } from '../../fixtures/git/oracle.ts'

const git = createGit()

/** Does everything that can be asked of a repository. */
async function askEverything(repository: Repository) {
  const { oid: head = '' } = await repository.head()
  const history = await readAll(repository)
  const live = openLiveReader(repository)
  const [commit] = await live.read([head])
  live.close()
  const first = [...history.headers.keys()].at(-1) ?? ''
  return {
    patches: [...history.patches.values()],
    headers: [...history.headers.values()],
    skipped: history.skipped,
    commit,
    refs: await repository.refs(),
    heads: await repository.worktreeHeads(await repository.refs()),
    blob: (await repository.readBlob('HEAD:moved.txt', { maxBytes: 100 })).content.toString(),
    ancestor: await repository.isAncestor(first, head),
    union: await unionPatchId(repository, first, head),
    staged: await stagedPaths(repository),
    changed: await changedPaths(repository, `${first}..HEAD`),
    files: [...(await filesAtHead(repository))],
    blame: await blameLines(repository, { path: 'moved.txt', start: 1, end: 5 }),
    lines: await lineHistory(
      repository,
      await blameLines(repository, { path: 'moved.txt', start: 1, end: 1 }),
    ),
    file: await fileHistory(repository, { path: 'moved.txt' }),
  }
}

test('nothing that a repository names is run, and nothing that it sets changes what is read', async () => {
  const hostile = createHostileRepository()
  const plain = cloneOf(createHostileRepository())
  for (const [name, value] of Object.entries(hostile.environment)) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())

  const answers = await askEverything(await openRepository(hostile.path, git))
  expect(hostile.wasRun()).toBe(false)
  expect(answers.skipped).toEqual([])
  expect(answers.file.oids).toHaveLength(3)

  const others = await askEverything(await openRepository(plain.path, git))
  const bodies = (of: typeof answers) =>
    of.patches.map(({ files }) =>
      files.map((file) => [file.path, ...file.hunks.map(({ body }) => body.toString())]),
    )
  expect(bodies(answers)).toEqual(bodies(others))
  expect(answers.headers.map(({ message }) => message)).toEqual(['three\n', 'two\n', 'one é\n'])
  expect(answers.blob).toBe(others.blob)
  expect(answers.lines.oids).toHaveLength(others.lines.oids.length)
  expect(answers.blame.map(({ text, path }) => [text, path])).toEqual(
    others.blame.map(({ text, path }) => [text, path]),
  )

  vi.unstubAllEnvs()
  spawnSync('git', ['diff', 'HEAD~1'], { cwd: hostile.path })
  expect(hostile.wasRun()).toBe(true)
})

test('the portable reader runs nothing either', async () => {
  const hostile = createHostileRepository()
  const history = await readAll(await openRepository(cloneOf(hostile).path, undefined))
  expect(history.patches.size).toBe(3)
  expect(hostile.wasRun()).toBe(false)
})

test('what looks like an option is never taken for one', async () => {
  const source = long(3)
  const repository = await openRepository(source.path, git)
  const before = readdirSync(source.path)
  for (const revision of ['--upload-pack=touch x', '--output=x', '-h', '--all', '', 'a\nb', 'a\0b']) {
    await expect(repository.resolve(revision)).rejects.toMatchObject({ code: 'revision.unknown' })
    await expect(changedPaths(repository, revision)).rejects.toMatchObject({ code: 'revision.unknown' })
    await expect(listCommits(repository, { tips: [revision] }).next()).rejects.toMatchObject({
      code: 'revision.unknown',
    })
    await expect(readHeaders(repository, { oids: [revision] }).next()).rejects.toMatchObject({
      code: 'revision.unknown',
    })
    await expect(repository.readCommit(revision)).rejects.toMatchObject({ code: 'revision.unknown' })
  }
  await expect(fileHistory(repository, { path: '--output=x' })).resolves.toEqual({
    oids: [],
    complete: true,
  })
  await expect(blameLines(repository, { path: '--contents=x' })).rejects.toMatchObject({
    code: 'path.unknown',
  })
  expect(readdirSync(source.path)).toEqual(before)
})

test('a repository of somebody else is not opened', async (context) => {
  if (process.getuid?.() !== 0) return context.skip('Only root can give a folder to somebody else.')
  const { path } = long(1)
  for (const name of ['.', '.git']) chownSync(join(path, name), 12_345, 12_345)
  await expect(openRepository(path, git)).rejects.toMatchObject({ code: 'repository.not-owned' })
  await expect(openRepository(path, undefined)).rejects.toMatchObject({ code: 'repository.not-owned' })
})

test('a bare repository inside a worktree is not opened, and one that stands alone is', async () => {
  const outer = long(2)
  const inner = join(outer.path, 'data')
  mkdirSync(inner)
  outer.git('clone', '--quiet', '--bare', '.', inner)
  await expect(openRepository(inner, git)).rejects.toMatchObject({ code: 'repository.not-found' })
  await expect(openRepository(inner, undefined)).rejects.toMatchObject({ code: 'repository.not-found' })
  expect((await openRepository(cloneOf(outer, '--bare').path, git)).isBare).toBe(true)
  expect(existsSync(join(inner, 'HEAD'))).toBe(true)
})
