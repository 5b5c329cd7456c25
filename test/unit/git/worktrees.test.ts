import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createGit } from '../../../daemon/git/git.ts'
import { openRepository, type Repository } from '../../../daemon/git/repository.ts'
import { filesAtHead } from '../../../daemon/git/staged.ts'
import { createTestRepository, testRepositoryAt } from '../../fixtures/git/test-repository.ts'
import { readAll } from '../../fixtures/git/oracle.ts'

const git = createGit()

function freshFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'place-')))
}

async function messagesOf(repository: Repository): Promise<string[]> {
  const { headers } = await readAll(repository)
  return [...headers.values()].map(({ message }) => message.trim())
}

test.each([
  ['another repository', (private_: string) => private_],
  ['a part of another repository', (private_: string) => join(private_, 'deep')],
  ['a folder of the system', () => '/etc'],
  ['a folder that does not exist', () => '/nowhere/at/all'],
  ['a relative folder that does not exist', () => '../../nowhere'],
])('a worktree that is %s is not read, and the repository itself is', async (_name, worktreeIn) => {
  const owner = createTestRepository()
  owner.commit('a secret', { 'deep/secret.txt': 'hidden\n' })
  const own = createTestRepository()
  own.commit('of its own', { 'own.txt': 'own\n' })
  const gitDir = join(own.path, '.git')
  const named = worktreeIn(owner.path)
  writeFileSync(join(gitDir, 'config'), `[core]\n\trepositoryformatversion = 0\n\tworktree = ${named}\n`)

  for (const place of [own.path, gitDir]) {
    const repository = await openRepository(place, git)
    expect(repository).toMatchObject({ root: gitDir, gitDir, isBare: true, strayWorktree: named })
    expect(await messagesOf(repository)).toEqual(['of its own'])
    expect([...(await filesAtHead(repository))].join()).not.toContain('secret')
  }
})

test('a worktree that is set after a repository was opened does not lead it elsewhere', async () => {
  const owner = createTestRepository()
  owner.commit('a secret', { 'secret.txt': 'hidden\n' })
  const own = createTestRepository()
  own.commit('of its own')
  const repository = await openRepository(own.path, git)
  own.git('config', 'core.worktree', owner.path)
  expect(await messagesOf(repository)).toEqual(['of its own'])
  expect(repository.strayWorktree).toBeUndefined()
})

test('a submodule, a linked worktree and a separate git folder have the worktree that they name', async () => {
  const source = createTestRepository()
  source.commit('the source', { f: 'f\n' })
  const outer = createTestRepository()
  outer.commit('outer')
  outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', source.path, 'inner')
  const inner = testRepositoryAt(join(outer.path, 'inner'))
  const linked = join(freshFolder(), 'linked')
  source.git('worktree', 'add', '--quiet', '-b', 'side', linked)
  const separate = freshFolder()
  source.git(
    'clone',
    '--quiet',
    `--separate-git-dir=${join(freshFolder(), 'kept.git')}`,
    source.path,
    separate,
  )

  expect(inner.git('config', 'core.worktree')).not.toBe('')
  for (const place of [inner.path, linked, separate, join(outer.path, '.git/modules/inner')]) {
    const repository = await openRepository(place, git)
    const root = place.endsWith('modules/inner') ? inner.path : place
    expect(repository).toMatchObject({ root, isBare: false })
    expect(repository.strayWorktree).toBeUndefined()
    expect(await messagesOf(repository)).toEqual(['the source'])
    expect([...(await filesAtHead(repository))]).toEqual(['f'])
  }
})

test('a bare repository is one, whatever worktree it names, and a ceiling hides nothing', async () => {
  const source = createTestRepository()
  source.commit('the source', { f: 'f\n' })
  const bare = join(freshFolder(), 'bare.git')
  source.git('clone', '--quiet', '--bare', source.path, bare)
  testRepositoryAt(bare).git('config', 'core.worktree', source.path)
  const repository = await openRepository(bare, git)
  expect(repository).toMatchObject({ root: bare, isBare: true })
  expect(await messagesOf(repository)).toEqual(['the source'])

  vi.stubEnv('GIT_CEILING_DIRECTORIES', source.path)
  onTestFinished(() => void vi.unstubAllEnvs())
  mkdirSync(join(source.path, 'below'))
  expect(await openRepository(join(source.path, 'below'), git)).toMatchObject({ root: source.path })
})
