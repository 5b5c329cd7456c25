import { expect, test } from 'vitest'
import { rememberingStaged } from '../../../daemon/hooks/staged-memo.ts'
import { createTestRepository } from '../../fixtures/git/test-repository.ts'
import { forever } from '../../fixtures/memory.ts'

test('an index is read once for two questions, and again when HEAD moved, though its ref is packed', async () => {
  const repository = createTestRepository()
  repository.commit('one', { 'a.txt': 'a\n' })
  const gitDir = `${repository.path}/.git`
  const place = { gitDir, commonDir: gitDir, indexFile: `${gitDir}/index` }
  let readings = 0
  const read = rememberingStaged(async () => {
    readings += 1
    return []
  }, Date.now)

  for (let count = 0; count < 2; count += 1) await read(place, forever)
  expect(readings).toBe(1)
  repository.git('commit', '--quiet', '--allow-empty', '-m', 'two')
  repository.git('pack-refs', '--all')
  for (let count = 0; count < 2; count += 1) await read(place, forever)
  expect(readings).toBe(2)
  repository.git('reset', '--quiet', '--soft', 'HEAD~1')
  repository.git('pack-refs', '--all')
  await read(place, forever)
  expect(readings).toBe(3)
})
