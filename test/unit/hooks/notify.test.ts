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

test('what moves is told by a line, and files that are only checked out are not', async () => {
  const stage = await installed()
  await stage.git(['commit', '-qm', 'one'])
  await stage.git(['checkout', '-q', '-b', 'side'])
  await stage.git(['checkout', '-q', '--', 'tide.md'])
  await stage.git(['commit', '--allow-empty', '-qm', 'two'])
  await stage.git(['checkout', '-q', 'main'])
  await stage.git(['merge', '-q', '--no-ff', '--no-edit', 'side'])
  const line = (hook: string) => `${hook}\t\t${stage.path}`
  expect(spooled(stage)).toEqual(
    ['post-commit', 'post-checkout', 'post-commit', 'post-checkout', 'post-merge'].map(line),
  )
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
  const read = seen.flatMap(({ rewritten = [] }) => rewritten)
  expect(read).toEqual(pairs.map(([from, to]) => ({ from, to })))
})

test('a path of two lines, or a very long one, is told as unknown', async () => {
  const stage = await installed({ name: 'two\nlines' })
  await stage.git(['commit', '-qm', 'one'])
  expect(spooled(stage)).toEqual(['post-commit\t\t?'])
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
  await vi.waitFor(() => expect(stage.told).toEqual([{ hook: 'post-commit', place: stage.path }]), 10_000)
})

test('the spool is read when the daemon comes, and whenever a line arrives', async () => {
  const stage = await installed()
  await stage.git(['commit', '-qm', 'one'])
  const { seen } = spoolOf(stage)
  const notice = { hook: 'post-commit', place: stage.path }
  await vi.waitFor(() => expect(seen).toEqual([notice]), 10_000)
  await stage.git(['commit', '--allow-empty', '-qm', 'two'])
  await vi.waitFor(() => expect(seen).toEqual([notice, notice]), 10_000)
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
