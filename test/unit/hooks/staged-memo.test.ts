import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rememberingStaged } from '../../../daemon/hooks/staged-memo.ts'
import { createTestRepository } from '../../fixtures/git/test-repository.ts'
import { forever } from '../../fixtures/memory.ts'

/** A repository of one commit, what is staged in it as it is remembered, and how often it was read. */
function remembered() {
  const repository = createTestRepository()
  repository.commit('one', { 'a.txt': 'a\n' })
  const gitDir = `${repository.path}/.git`
  const place = { gitDir, commonDir: gitDir, indexFile: `${gitDir}/index` }
  let readings = 0
  const reader = rememberingStaged(async () => {
    readings += 1
    return []
  }, Date.now)
  return { repository, place, read: () => reader(place, forever), readings: () => readings }
}

test('an index is read once for two questions, and again when HEAD moved, though its ref is packed', async () => {
  const { repository, read, readings } = remembered()
  for (let count = 0; count < 2; count += 1) await read()
  expect(readings()).toBe(1)
  repository.git('commit', '--quiet', '--allow-empty', '-m', 'two')
  repository.git('pack-refs', '--all')
  for (let count = 0; count < 2; count += 1) await read()
  expect(readings()).toBe(2)
  repository.git('reset', '--quiet', '--soft', 'HEAD~1')
  repository.git('pack-refs', '--all')
  await read()
  expect(readings()).toBe(3)
})

test('an index is read again when it was written over as if nothing had happened, or HEAD is a branch that is another', async () => {
  const { repository, place, read, readings } = remembered()
  const past = new Date(2020, 1, 1)
  utimesSync(place.indexFile, past, past)
  await read()
  const { ino, size } = statSync(place.indexFile)
  repository.write('a.txt', 'b\n')
  const other = `${place.gitDir}/other`
  writeFileSync(other, readFileSync(place.indexFile))
  writeFileSync(place.indexFile, readFileSync(other).reverse())
  utimesSync(place.indexFile, past, past)
  expect(statSync(place.indexFile)).toMatchObject({ ino, size, mtime: past })
  await read()
  expect(readings()).toBe(2)

  repository.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/main')
  repository.git('symbolic-ref', 'HEAD', 'refs/heads/alias')
  await read()
  repository.git('update-ref', 'refs/heads/main', repository.git('commit-tree', '-m', 'two', 'HEAD^{tree}'))
  await read()
  expect(readings()).toBe(4)
})
