import { expect, test } from 'vitest'
import { createGit } from '../../../daemon/git/git.ts'
import { openLiveReader } from '../../../daemon/git/live.ts'
import { openRepository } from '../../../daemon/git/repository.ts'
import { unionPatchId } from '../../../daemon/git/diff-once.ts'
import { histories, long } from '../../fixtures/git/histories.ts'
import { readAll } from '../../fixtures/git/oracle.ts'

const git = createGit()

async function mergeOf(name: string, runner = git) {
  const path = histories[name]?.().path ?? ''
  const repository = await openRepository(path, runner)
  const { headers, patches } = await readAll(repository)
  const merge = [...headers.values()].find(({ parents }) => parents.length > 1)
  return { merge, patch: patches.get(merge?.oid ?? ''), repository, headers, patches }
}

test.each([
  ['git', git],
  ['the portable reader', undefined],
])('with %s, an evil merge tells only the line that no parent has', async (_name, runner) => {
  const { merge, patch } = await mergeOf('an evil merge', runner)
  expect(merge?.changes.map(({ path, status }) => [path, status])).toEqual([
    ['clean.txt', 'modified'],
    ['f.txt', 'modified'],
  ])
  expect(patch?.patchId).toBeUndefined()
  expect(patch?.files.map(({ path, additions }) => [path, additions])).toEqual([['f.txt', 1]])
  expect(patch?.files[0]?.hunks[0]?.body.toString()).toContain('+evil\n')
  expect(patch?.files[0]?.hunks[0]?.body.toString()).not.toContain('ours')
})

test.each([
  ['git', git],
  ['the portable reader', undefined],
])('with %s, a clean merge of a renamed file tells nothing', async (_name, runner) => {
  const { patch, merge } = await mergeOf('a merge of a renamed file', runner)
  expect(merge?.changes).toEqual([])
  expect(patch?.files).toEqual([])
})

test('the live reader tells what the others tell, in the order asked', async () => {
  for (const name of ['an evil merge', 'an octopus merge', 'a merge of a renamed file', 'a submodule']) {
    const { repository, headers, patches } = await mergeOf(name)
    const live = openLiveReader(repository)
    const commits = await live.read([...headers.keys(), 'f'.repeat(40), '--all'])
    live.close()
    expect(commits.map(({ patch }) => patch)).toEqual([...patches.values()])
    expect(commits.map(({ header }) => header.oid)).toEqual([...headers.keys()])
    expect(await openLiveReader({ ...repository, git: undefined }).read([])).toEqual([])
  }
})

test('squashed commits have the patch id of what they were together', async () => {
  const source = long(3)
  source.git('checkout', '--quiet', '-b', 'work')
  source.commit('one', { 'w.txt': 'one\n' })
  source.commit('two', { 'w.txt': 'one\ntwo\n', 'v.txt': 'v\n' })
  source.git('checkout', '--quiet', 'main')
  source.commit('meanwhile', { other: 'x\n' })
  source.git('merge', '--quiet', '--squash', 'work')
  const squashed = source.commit('squashed')
  const repository = await openRepository(source.path, git)
  const { patches } = await readAll(repository)
  const union = await unionPatchId(
    repository,
    source.git('rev-parse', 'main~2'),
    source.git('rev-parse', 'work'),
  )
  expect(union).toBe(patches.get(squashed)?.patchId)
  expect(await unionPatchId(repository, squashed, squashed)).toBeUndefined()
})

test('a rebased commit keeps its patch id', async () => {
  const source = long(4)
  source.git('checkout', '--quiet', '-b', 'work', 'main~2')
  const before = source.commit('work', { 'w.txt': 'w\n' })
  source.git('rebase', '--quiet', 'main')
  const after = source.git('rev-parse', 'work')
  source.git('branch', 'kept', before)
  const { patches } = await readAll(await openRepository(source.path, git))
  expect(after).not.toBe(before)
  expect(patches.get(after)?.patchId).toBe(patches.get(before)?.patchId)
  expect(patches.get(after)?.patchId).toBeDefined()
})
