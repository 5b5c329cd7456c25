import { afterAll, expect, test } from 'vitest'
import { openBundled, openTestSandbox } from '../../fixtures/bundled.ts'
import {
  type StreamCommit,
  streamOf,
  createTestRepository,
  type TestRepository,
} from '../../fixtures/git/test-repository.ts'

const sandbox = openTestSandbox()
afterAll(() => sandbox.close())

/** A repository in which a schema and its page changed together often enough to measure, and others did not. */
function withHabits(): TestRepository {
  const repository = createTestRepository()
  const together = Array.from({ length: 40 }, (_, turn): StreamCommit => ({
    message: `Change the schema, time ${turn}`,
    files: { 'schema.ts': `schema ${turn}\n`, 'page.md': `page ${turn}\n` },
  }))
  const apart = Array.from({ length: 10 }, (_, turn): StreamCommit => ({
    message: `Work on ${turn}`,
    files: { [`lone${turn % 2}.ts`]: `lone ${turn}\n` },
  }))
  repository.fastImport(streamOf([...together, ...apart]))
  repository.git('checkout', '--quiet', '--force', 'main')
  return repository
}

function stage(repository: TestRepository, ...paths: readonly string[]): void {
  for (const path of paths) repository.write(path, 'something else\n')
  repository.git('add', '--all')
}

test('the file that usually changes too is named, with the commits that show it', async () => {
  const repository = withHabits()
  stage(repository, 'schema.ts')
  const bundled = await openBundled('forgotten-files', repository, sandbox, { remembers: true })
  const { decision, findings } = await bundled.preCommit()
  const newest = repository.git('log', '-1', '--format=%H', '--', 'page.md')
  expect(decision).toBe('allow')
  expect(findings).toMatchObject([
    {
      path: 'page.md',
      severity: 'warning',
      message: expect.stringContaining(
        `40 commits changed both, as in 98 % of such changes, the last ${newest.slice(0, 8)} (Change the schema, time 39)`,
      ),
      evidence: expect.arrayContaining([newest]),
      silence: expect.stringContaining('--set ignore+=page.md'),
    },
  ])
  expect(findings[0]?.message).toMatch(/Such an alarm was right \d+ % of the time here\.$/)
})

test('nothing is said when it is there, gone, unrelated, or nothing is staged', async () => {
  const repository = withHabits()
  const bundled = await openBundled('forgotten-files', repository, sandbox, { remembers: true })
  const quiet = { decision: 'allow', findings: [], results: [{ status: 'ok' }] }
  expect(await bundled.preCommit()).toMatchObject(quiet)
  stage(repository, 'schema.ts', 'page.md')
  expect(await bundled.preCommit()).toMatchObject(quiet)
  repository.git('reset', '--quiet', '--hard')
  stage(repository, 'lone0.ts', 'new\n"file\u001b')
  expect(await bundled.preCommit()).toMatchObject(quiet)
  repository.git('reset', '--quiet', '--hard')
  repository.git('rm', '--quiet', 'page.md')
  stage(repository, 'schema.ts')
  expect(await bundled.preCommit()).toMatchObject(quiet)
})

test('the settings silence it', async () => {
  const repository = withHabits()
  stage(repository, 'schema.ts')
  const bundled = await openBundled('forgotten-files', repository, sandbox, { remembers: true })
  expect((await bundled.preCommit()).findings).toHaveLength(1)
  for (const config of [
    { ignore: ['page.md'] },
    { leastCommits: 100 },
    { leastShare: 1 },
    { mostFiles: 1 },
  ]) {
    if (config.mostFiles === 1) stage(repository, 'lone0.ts')
    await bundled.set(config)
    expect(await bundled.preCommit()).toMatchObject({ findings: [], results: [{ status: 'ok' }] })
  }
})

test('a young history says nothing', async () => {
  const repository = createTestRepository()
  for (const turn of [1, 2, 3])
    repository.commit(`time ${turn}`, { 'a.ts': `${turn}\n`, 'b.ts': `${turn}\n` })
  stage(repository, 'a.ts')
  const bundled = await openBundled('forgotten-files', repository, sandbox, { remembers: true })
  expect(await bundled.preCommit()).toMatchObject({ findings: [], results: [{ status: 'ok' }] })
})
