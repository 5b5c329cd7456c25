import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createGit } from '../../../daemon/git/git.ts'
import { openRepository, placeOf } from '../../../daemon/git/repository.ts'
import { readWorktreeHeads } from '../../../daemon/git/worktree-heads.ts'
import {
  createTestRepository,
  testRepositoryAt,
  type TestRepository,
} from '../../fixtures/git/test-repository.ts'

/** The heads of all worktrees, and whether git was asked for them. */
async function headsOf(path: string): Promise<{ heads: string[]; asked: boolean }> {
  const git = createGit()
  if (git === undefined) throw new Error('These tests need git.')
  const repository = await openRepository(path, git)
  let asked = false
  const listening: typeof git = {
    ...git,
    text(args, where) {
      asked = true
      return git.text(args, where)
    },
  }
  const refs = await repository.refs()
  return { heads: await readWorktreeHeads(listening, placeOf(repository), repository, refs), asked }
}

test('a head that names a branch is found without git, and any other with it', async () => {
  const repository = createTestRepository('--initial-branch=main')
  const first = repository.commit('one', { 'a.txt': '1\n' })
  repository.git('branch', 'side')
  const second = repository.commit('two', { 'a.txt': '2\n' })
  const states: [(repository: TestRepository) => unknown, string[], boolean][] = [
    [() => {}, [second], false],
    [({ git }) => git('pack-refs', '--all'), [second], false],
    [({ git }) => git('checkout', '--quiet', 'side'), [first], false],
    [({ git }) => git('checkout', '--quiet', '--detach', 'main'), [second], true],
    [({ git }) => git('checkout', '--quiet', '--orphan', 'new'), [], true],
    [({ git }) => git('symbolic-ref', 'HEAD', 'refs/heads/main'), [second], false],
  ]
  for (const [change, heads, asked] of states) {
    change(repository)
    expect(await headsOf(repository.path)).toEqual({ heads, asked })
  }
})

test('linked worktrees have heads of their own, and a bare repository has none', async () => {
  const repository = createTestRepository('--initial-branch=main')
  const first = repository.commit('one', { 'a.txt': '1\n' })
  const linked = join(mkdtempSync(join(tmpdir(), 'linked-')), 'tree')
  repository.git('worktree', 'add', '--quiet', '--detach', linked)
  const beside = testRepositoryAt(linked).commit('beside', { 'b.txt': '1\n' })
  for (const path of [repository.path, linked]) {
    const { heads, asked } = await headsOf(path)
    expect(heads.toSorted()).toEqual([first, beside].toSorted())
    expect(asked).toBe(true)
  }

  const bare = join(mkdtempSync(join(tmpdir(), 'bare-')), 'bare.git')
  repository.git('clone', '--quiet', '--bare', repository.path, bare)
  expect(await headsOf(bare)).toEqual({ heads: [], asked: false })
})
