import { expect, test } from 'vitest'
import { rememberingStaged } from '../../../daemon/hooks/staged-memo.ts'
import { createTestRepository } from '../../fixtures/git/test-repository.ts'
import { forever } from '../../fixtures/memory.ts'

test('an index is read once for two questions, unless HEAD may have moved without a trace', async () => {
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
  repository.git('pack-refs', '--all')
  for (let count = 0; count < 2; count += 1) await read(place, forever)
  expect(readings).toBe(3)
})
