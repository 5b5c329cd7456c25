import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { HookNotice } from '../../../contract/hook-routes.ts'
import { openSpool, type Spool } from '../../../daemon/hooks/spool.ts'
import { forever, setHookStage, type HookStage } from '../../fixtures/hooks.ts'

async function installed(options = {}): Promise<HookStage> {
  const stage = await setHookStage(options)
  await stage.hooks.install(await stage.repository(), forever)
  stage.sign({ listens: [] })
  return stage
}

const spooled = (stage: HookStage) => {
  const path = join(stage.folder, 'spool')
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
}

function spoolOf(stage: HookStage): { spool: Spool; seen: HookNotice[] } {
  const seen: HookNotice[] = []
  const fail = (error: unknown) => {
    throw error
  }
  const spool = openSpool({
    folder: stage.folder,
    onNotice: (notice) => void seen.push(notice),
    onError: fail,
  })
  onTestFinished(() => spool.close())
  return { spool, seen }
}

const head = async (stage: HookStage, name = 'HEAD') => (await stage.git(['rev-parse', name])).stdout.trim()

test('what moves is told by a line, with what HEAD is; files that are only checked out are not', async () => {
  const stage = await installed()
  await stage.git(['commit', '-qm', 'one'])
  const one = await head(stage)
  await stage.git(['checkout', '-q', '-b', 'side/flow'])
  await stage.git(['checkout', '-q', '--', 'tide.md'])
  await stage.git(['commit', '--allow-empty', '-qm', 'two'])
  const two = await head(stage)
  await stage.git(['pack-refs', '--all'])
  await stage.git(['checkout', '-q', 'main'])
  await stage.git(['merge', '-q', '--no-ff', '--no-edit', 'side/flow'])
  await stage.git(['checkout', '-q', '--detach'])
  const merge = await head(stage)
  const moved = (from: string, to: string) => `argument=${from} argument=${to} argument=1`
  expect(spooled(stage).map((line) => line.split('\t'))).toEqual([
    ['post-commit', `oid=${one} branch=main`, stage.path],
    ['post-checkout', `oid=${one} branch=side/flow ${moved(one, one)}`, stage.path],
    ['post-commit', `oid=${two} branch=side/flow`, stage.path],
    // A branch that lies in a pack cannot be read by a shell; the arguments tell.
    ['post-checkout', `branch=main ${moved(two, one)}`, stage.path],
    ['post-merge', `oid=${merge} branch=main argument=0`, stage.path],
    ['post-checkout', `oid=${merge}  ${moved(merge, merge)}`, stage.path],
  ])
})

test('a linked worktree tells its own HEAD', async () => {
  const stage = await installed()
  await stage.git(['commit', '-qm', 'one'])
  const linked = join(stage.path, '..', 'linked')
  await stage.git(['worktree', 'add', '-q', '-b', 'side', linked])
  await stage.git(['commit', '--allow-empty', '-qm', 'two'], { cwd: linked })
  const gitDir = join(stage.path, '.git', 'worktrees', 'linked')
  expect(spooled(stage).at(-1)).toBe(`post-commit\toid=${await head(stage, 'side')} branch=side\t${gitDir}`)
})

test('a rewrite tells what became of each commit, in lines that fit into one write', async () => {
  const stage = await installed()
  await stage.git(['commit', '-qm', 'one'])
  const pairs = Array.from({ length: 30 }, (_, at) =>
    [at, at + 100].map((n) => n.toString(16).padStart(40, '0')),
  )
  const input = pairs.map((pair) => `${pair.join(' ')} extra\n`).join('')
  await stage.run('.git/hooks/post-rewrite', ['rebase'], { input })
  const lines = spooled(stage).slice(1)
  expect(lines).toHaveLength(3)
  expect(lines.every((line) => line.length < 4096)).toBe(true)
  const { spool, seen } = spoolOf(stage)
  await spool.drain()
  const rewritten = pairs.map(([from, to]) => ({ from, to }))
  expect(seen.slice(1)).toMatchObject([{ hook: 'post-rewrite', arguments: ['rebase'], rewritten }])
})

test('a path of two lines, or a very long one, is told as unknown', async () => {
  const stage = await installed({ name: 'two\nlines' })
  await stage.git(['commit', '-qm', 'one'])
  expect(spooled(stage)).toEqual([`post-commit\toid=${await head(stage)} branch=main\t?`])
})

test('nothing that goes wrong reaches git', async () => {
  const stage = await installed()
  writeFileSync(join(stage.folder, 'door'), '1\n/nowhere\nallow\n\n')
  mkdirSync(join(stage.folder, 'spool'))
  const silent = { code: 0, stdout: '', stderr: '' }
  expect(await stage.git(['commit', '-qm', 'one'])).toEqual(silent)
  rmSync(stage.folder, { recursive: true })
  const commit = ['commit', '--allow-empty', '-qm', 'two']
  expect(await stage.git(commit, { env: { HOME: undefined } })).toEqual(silent)
  expect(await stage.run('/bin/sh', ['.git/hooks/post-commit'], { env: { PATH: '' } })).toEqual(silent)
})

test('with AIOS=0 nothing is told', async () => {
  const stage = await installed()
  await stage.git(['commit', '-qm', 'one'], { env: { AIOS: '0' } })
  expect(spooled(stage)).toEqual([])
})

test('on a full disk the daemon is told through its door', async () => {
  const stage = await installed()
  rmSync(join(stage.folder, 'spool'), { force: true })
  mkdirSync(join(stage.folder, 'spool'))
  await stage.git(['commit', '-qm', 'one'])
  const told = { hook: 'post-commit', place: stage.path, oid: await head(stage), branch: 'main' }
  await vi.waitFor(() => expect(stage.told).toEqual([told]), 10_000)
})

test('the spool is read when the daemon comes, and whenever a line arrives', async () => {
  const stage = await installed()
  await stage.git(['commit', '-qm', 'one'])
  const { seen } = spoolOf(stage)
  const notice = { hook: 'post-commit', place: stage.path, branch: 'main' }
  const one = { ...notice, oid: await head(stage) }
  await vi.waitFor(() => expect(seen).toEqual([one]), 10_000)
  await stage.git(['commit', '--allow-empty', '-qm', 'two'])
  const two = { ...notice, oid: await head(stage) }
  await vi.waitFor(() => expect(seen).toEqual([one, two]), 10_000)
})

test('what a daemon took and did not read is read by the next, and torn lines by nobody', async () => {
  const stage = await installed()
  writeFileSync(join(stage.folder, 'spool.taken'), 'post-merge\t\t/a\npost-com')
  writeFileSync(join(stage.folder, 'spool'), 'strange\t\t/b\npost-commit\t\n\0\npost-commit\t\t/c\n')
  const { spool, seen } = spoolOf(stage)
  await spool.drain()
  expect(seen).toEqual([
    { hook: 'post-merge', place: '/a' },
    { hook: 'post-commit', place: '/c' },
  ])
})
