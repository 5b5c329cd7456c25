import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createDebounce } from '../../../daemon/git/debounce.ts'
import { createGit } from '../../../daemon/git/git.ts'
import { openRepository } from '../../../daemon/git/repository.ts'
import { watchRepository } from '../../../daemon/git/watch.ts'
import { histories, long, times } from '../../fixtures/git/histories.ts'
import type { TestRepository } from '../../fixtures/git/test-repository.ts'

type OnFinished = (close: () => Promise<void>) => void

/** Watches a repository, and counts the hints. */
async function watched(source: TestRepository, onTestFinished: OnFinished) {
  const repository = await openRepository(source.path, createGit())
  let hints = 0
  let indexes = 0
  const errors: unknown[] = []
  const watch = watchRepository(repository, () => hints++, {
    lookMs: 100,
    onIndex: () => indexes++,
    onError: (error) => errors.push(error),
  })
  onTestFinished(() => watch.close())
  await watch.ready
  await sleep(100)
  hints = 0
  return {
    errors,
    watch,
    /** Does something and returns how many hints came of it, once there was one and it is quiet again. */
    after: async (act: () => unknown): Promise<number> => {
      await sleep(300)
      hints = 0
      act()
      await vi.waitUntil(() => hints > 0, { timeout: 5000 })
      await sleep(500)
      return hints
    },
    /** Does something and returns how many hints came within half a second. */
    despite: async (act: () => unknown): Promise<number> => {
      await sleep(300)
      hints = 0
      act()
      await sleep(500)
      return hints
    },
    hints: () => hints,
    indexes: () => indexes,
  }
}

test.concurrent('a commit, a branch, a reset and a packing are noticed; looking is not', async ({
  onTestFinished,
}) => {
  const source = long(3)
  source.git('reset', '--quiet', '--hard')
  const { after, despite, errors } = await watched(source, onTestFinished)
  expect(await after(() => source.commit('new', { a: 'a\n' }))).toBeGreaterThan(0)
  expect(await after(() => source.git('branch', 'deep/down/branch'))).toBeGreaterThan(0)
  expect(
    await after(() => source.git('update-ref', 'refs/heads/deep/down/branch', 'HEAD~1')),
  ).toBeGreaterThan(0)
  expect(await after(() => source.git('reset', '--quiet', '--soft', 'HEAD~1'))).toBeGreaterThan(0)
  expect(await after(() => source.git('pack-refs', '--all'))).toBeGreaterThan(0)
  expect(await despite(() => source.git('status'))).toBe(0)
  expect(await despite(() => source.git('hash-object', '-w', '--stdin'))).toBe(0)
  expect(await despite(() => source.write('.git/refs/heads/main.lock', ''))).toBe(0)
  expect(errors).toEqual([])
})

test.concurrent('what is staged is noticed, and is no hint', async ({ onTestFinished }) => {
  const source = long(3)
  source.git('reset', '--quiet', '--hard')
  const { despite, indexes } = await watched(source, onTestFinished)
  const before = indexes()
  source.write('new.md', 'new\n')
  expect(await despite(() => source.git('add', '.'))).toBe(0)
  await vi.waitUntil(() => indexes() > before, { timeout: 5000 })
})

test.concurrent('a commit after a long silence is noticed by itself', async ({ onTestFinished }) => {
  const source = long(3)
  source.git('reset', '--quiet', '--hard')
  const { hints, errors } = await watched(source, onTestFinished)
  await sleep(1100)
  const before = hints()
  source.commit('new', { a: 'a\n' })
  await vi.waitUntil(() => hints() > before, { timeout: 20_000, interval: 5 })
  expect(errors).toEqual([])
})

test.concurrent('a rebase of fifty commits is a few hints, the last of them after it', async ({
  onTestFinished,
}) => {
  const source = long(60)
  source.git('checkout', '--quiet', '-b', 'work', 'main~55')
  source.fastImport(
    Buffer.from(
      times(20)
        .map((n) => streamCommit(n))
        .join(''),
    ),
  )
  source.git('reset', '--quiet', '--hard', 'work')
  const { after } = await watched(source, onTestFinished)
  const hints = await after(() => source.git('rebase', '--quiet', 'main'))
  expect(hints).toBeGreaterThan(0)
  expect(hints).toBeLessThan(8)
})

test.concurrent('a commit in a linked worktree is noticed from the main one', async ({ onTestFinished }) => {
  const linked = histories['a linked worktree']?.()
  const main =
    linked?.git('rev-parse', '--path-format=absolute', '--git-common-dir').replace(/\/\.git$/, '') ?? ''
  const source = { ...long(1), path: main }
  const { after } = await watched(source, onTestFinished)
  expect(await after(() => linked?.commit('there', { x: 'x\n' }))).toBeGreaterThan(0)
})

test.concurrent('a repository that is deleted is a hint, and so is its return', async ({
  onTestFinished,
}) => {
  const source = long(2)
  const { after } = await watched(source, onTestFinished)
  const away = `${source.path}-away`
  expect(await after(() => renameSync(source.path, away))).toBeGreaterThan(0)
  expect(await after(() => renameSync(away, source.path))).toBeGreaterThan(0)
  source.git('reset', '--quiet', '--hard')
  expect(await after(() => source.commit('back', { b: 'b\n' }))).toBeGreaterThan(0)
  expect(await after(() => rmSync(source.path, { recursive: true }))).toBeGreaterThan(0)
})

test.concurrent('thousands of folders of refs are watched only up to a number', async ({
  onTestFinished,
}) => {
  const source = long(1)
  for (const n of times(300))
    mkdirSync(join(source.path, '.git/refs/heads', `team${n}`, 'x'), { recursive: true })
  const repository = await openRepository(source.path, createGit())
  let hints = 0
  const watch = watchRepository(repository, () => hints++, { maxFolders: 20 })
  onTestFinished(() => watch.close())
  await watch.ready
  await sleep(300)
  hints = 0
  source.git('branch', 'plain')
  await vi.waitUntil(() => hints > 0, { timeout: 5000 })
  expect(hints).toBeGreaterThan(0)
})

test('a first notice is passed on at once, a storm at its end or after two seconds', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let hints = 0
  let busy = false
  const debounce = createDebounce(
    () => hints++,
    () => busy,
  )
  debounce.notice()
  vi.advanceTimersByTime(30)
  expect(hints).toBe(1)
  for (const _step of times(60)) {
    debounce.notice()
    vi.advanceTimersByTime(50)
  }
  expect(hints).toBe(2)
  vi.advanceTimersByTime(200)
  expect(hints).toBe(3)
  vi.advanceTimersByTime(5000)
  busy = true
  debounce.notice()
  vi.advanceTimersByTime(60_000)
  expect(hints).toBe(3)
  busy = false
  vi.advanceTimersByTime(200)
  expect(hints).toBe(4)
  debounce.notice()
  debounce.close()
  vi.advanceTimersByTime(5000)
  expect(hints).toBe(4)
})

function streamCommit(n: number): string {
  const from = n === 1 ? 'from refs/heads/work^0\n' : ''
  const message = `work ${n}`
  const who = `Ada <a@b> ${1_700_000_000 + n} +0000`
  return `commit refs/heads/work\nauthor ${who}\ncommitter ${who}\ndata ${message.length}\n${message}\n${from}M 100644 inline w${n}\ndata 2\nx\n\n`
}
