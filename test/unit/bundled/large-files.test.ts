import { afterAll, expect, test } from 'vitest'
import { openBundled, openTestSandbox } from '../../fixtures/bundled.ts'
import { createTestRepository } from '../../fixtures/git/test-repository.ts'

const sandbox = openTestSandbox()
afterAll(() => sandbox.close())

const kibibyte = 1024
const limits = { warnBytes: 10 * kibibyte, mostBytes: 100 * kibibyte }

test('a large file is a warning, a very large one is refused, and what is small is not spoken of', async () => {
  const repository = createTestRepository()
  repository.write('small.txt', 'x')
  repository.write('large.bin', Buffer.alloc(20 * kibibyte))
  const bundled = await openBundled('large-files', repository, sandbox, { config: limits })
  repository.git('add', '.')
  expect(await bundled.preCommit()).toMatchObject({
    decision: 'allow',
    findings: [
      { path: 'large.bin', severity: 'warning', message: expect.stringContaining('20 KiB; 10 KiB') },
    ],
  })

  repository.write('huge.bin', Buffer.alloc(200 * kibibyte))
  repository.git('add', '.')
  const { decision, findings } = await bundled.preCommit()
  expect({ decision, paths: findings.map(({ path }) => path) }).toEqual({
    decision: 'deny',
    paths: ['huge.bin', 'large.bin'],
  })
  expect(findings[0]?.silence).toContain('--set allow+=huge.bin')
})

test('ten megabytes are refused by default, and allowed where the settings allow them', async () => {
  const repository = createTestRepository()
  repository.write('media/film.bin', Buffer.alloc(11 * kibibyte ** 2))
  repository.git('add', '.')
  const bundled = await openBundled('large-files', repository, sandbox)
  expect(await bundled.preCommit()).toMatchObject({ decision: 'deny' })
  await bundled.set({ allow: ['media/'] })
  expect(await bundled.preCommit()).toMatchObject({ decision: 'allow', findings: [] })
})

test.each([
  ['a command', "a'; touch x; '\u001b[31m\n.bin"],
  ['a number', '1.5'],
])('what a path is called is never %s', async (_what, path) => {
  const repository = createTestRepository()
  repository.write(path, Buffer.alloc(20 * kibibyte))
  repository.git('add', '.')
  const bundled = await openBundled('large-files', repository, sandbox, { config: limits })
  const { findings } = await bundled.preCommit()
  expect(findings[0]?.silence).toBe(
    'AIOS_SKIP=large-files for this commit; for good: the setting allow of large-files',
  )
})

test('a deletion, a submodule, and a commit of nothing are no matter', async () => {
  const repository = createTestRepository()
  repository.commit('a large file', { 'large.bin': Buffer.alloc(20 * kibibyte) })
  const bundled = await openBundled('large-files', repository, sandbox, { config: { warnBytes: 0 } })
  expect(await bundled.preCommit()).toMatchObject({
    decision: 'allow',
    findings: [],
    results: [{ status: 'ok' }],
  })
  repository.git('rm', '--quiet', 'large.bin')
  repository.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`)
  expect(await bundled.preCommit()).toMatchObject({
    decision: 'allow',
    findings: [],
    results: [{ status: 'ok' }],
  })
})
