import { afterAll, expect, test } from 'vitest'
import { openBundled, openTestSandbox, type BundledOptions } from '../../fixtures/bundled.ts'
import { createTestRepository, streamOf, type TestRepository } from '../../fixtures/git/test-repository.ts'
import { forever } from '../../fixtures/memory.ts'

const sandbox = openTestSandbox()
afterAll(() => sandbox.close())

const monday = Date.UTC(2026, 0, 5)
const hour = 3_600_000
const day = 24 * hour

/** A repository with commits on Monday and Tuesday. */
function withDays(): TestRepository {
  const repository = createTestRepository()
  const commits = [
    ['Fix the leak', monday + 9 * hour],
    ['Add a siphon', monday + 10 * hour],
    ['Tidy up \u001b[31m', monday + 23 * hour],
    ['Fix the siphon', monday + day + hour],
  ] as const
  repository.fastImport(
    streamOf(
      commits.map(([message, time], turn) => ({ message, time: time / 1000, files: { a: `${turn}\n` } })),
    ),
  )
  repository.git('checkout', '--quiet', '--force', 'main')
  return repository
}

async function openDigest(repository: TestRepository, options: BundledOptions & { now: () => number }) {
  const bundled = await openBundled('commit-digest', repository, sandbox, { remembers: true, ...options })
  const remember = async (count = 1) => {
    const commits = Array.from({ length: count }, () => repository.git('rev-parse', 'HEAD'))
    const { results } = await bundled.bus.run('after:remember', { repository: 'r1', commits }, forever)
    return results[0]?.status
  }
  return { ...bundled, remember }
}

test('the first commits of a day bring a note about each day before, once', async () => {
  const repository = withDays()
  let now = monday + day + 2 * hour
  const { remember, notes } = await openDigest(repository, { now: () => now })
  expect(await remember()).toBe('ok')
  expect(notes().map(({ text }) => text)).toEqual([
    expect.stringMatching(
      /^2026-01-05: 3 commits by Ada\n\nFixed\n- [0-9a-f]{8} Fix the leak\n\nAdded\n- [0-9a-f]{8} Add a siphon\n\nChanged\n- [0-9a-f]{8} Tidy up/,
    ),
  ])
  const oids = repository.git('rev-list', 'main~1').split('\n')
  expect(notes()[0]?.evidence).toEqual(oids)

  expect(await remember()).toBe('ok')
  expect(notes()).toHaveLength(1)
  now += day
  await remember()
  expect(notes().map(({ text }) => text.slice(0, 20))).toEqual([
    '2026-01-06: 1 commit',
    '2026-01-05: 3 commit',
  ])
})

test('a day begins where the settings say, and small days get no note when they say so', async () => {
  const repository = withDays()
  const now = () => monday + 3 * day
  const eastern = await openDigest(repository, { now, config: { minutesEast: 120 } })
  await eastern.remember()
  expect(eastern.notes().map(({ text }) => text.slice(0, 20))).toEqual([
    '2026-01-06: 2 commit',
    '2026-01-05: 2 commit',
  ])
  const larger = await openDigest(repository, { now, config: { leastCommits: 2 } })
  await larger.remember()
  expect(larger.notes().map(({ text }) => text.slice(0, 12))).toEqual(['2026-01-05: '])
})

test('history that is read for the first time waits, and so do days without commits', async () => {
  const repository = withDays()
  let now = monday + 2 * day
  const { remember, notes } = await openDigest(repository, { now: () => now })
  expect(await remember(500)).toBe('ok')
  expect(notes()).toEqual([])
  await remember()
  expect(notes()).toHaveLength(2)
  now = monday + 30 * day
  expect(await remember()).toBe('ok')
  expect(notes()).toHaveLength(2)
})
