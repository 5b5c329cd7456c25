import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { HookNotice } from '../../../contract/hook-routes.ts'
import { isInputOf } from '../../../daemon/bus/hook-rules.ts'
import { dataOf, passOn } from '../../../daemon/hooks/notice.ts'
import { openSpool } from '../../../daemon/hooks/spool.ts'
import { forever, setHookStage } from '../../fixtures/hooks.ts'

test('whoever listens is told what git named: commits, branches, flags and pairs', async () => {
  const stage = await setHookStage()
  await stage.hooks.install(await stage.repository(), forever)
  const git = async (...args: string[]) => (await stage.git(args)).stdout.trim()
  await git('commit', '-qm', 'one')
  const one = await git('rev-parse', 'HEAD')
  await git('commit', '-q', '--amend', '-m', 'first')
  const first = await git('rev-parse', 'HEAD')
  await git('checkout', '-q', '-b', 'side')
  await git('commit', '-q', '--allow-empty', '-m', 'two')
  const two = await git('rev-parse', 'HEAD')
  await git('checkout', '-q', 'main')
  await git('merge', '-q', 'side')

  const notices: HookNotice[] = []
  const onNotice = (notice: HookNotice) => void notices.push(notice)
  const spool = openSpool({ folder: stage.folder, onNotice, onError: (error) => expect(error).toBe('none') })
  await spool.drain()
  await spool.close()
  const place = { repository: 'tide-1', root: stage.path }
  const told = notices.map((notice) => [notice.hook, dataOf(notice, place)] as const)
  expect(told.filter(([hook, data]) => !isInputOf(hook, data))).toEqual([])
  expect(told).toEqual([
    ['post-commit', { ...place, branch: 'main', oid: one }],
    ['post-commit', { ...place, branch: 'main', oid: first }],
    ['post-rewrite', { ...place, branch: 'main', cause: 'amend', rewrites: [{ from: one, to: first }] }],
    ['post-checkout', { ...place, branch: 'side', from: first, to: first, isBranch: true }],
    ['post-commit', { ...place, branch: 'side', oid: two }],
    ['post-checkout', { ...place, branch: 'main', from: two, to: first, isBranch: true }],
    ['post-merge', { ...place, branch: 'main', oid: two, squash: false }],
  ])
})

test('the worktree that is told is the one in which it happened', async () => {
  const stage = await setHookStage()
  await stage.git(['commit', '-qm', 'one'])
  const linked = join(stage.path, '..', 'linked')
  await stage.git(['worktree', 'add', '-q', linked])
  const roots: (string | undefined)[] = []
  const noticed = { notice: () => {}, tell: (_: HookNotice, root?: string) => void roots.push(root) }
  const parts = { find: () => noticed, all: () => [] }
  const gitDir = join(stage.path, '.git')
  for (const place of [stage.path, linked, gitDir, join(gitDir, 'worktrees', 'linked')])
    await passOn({ hook: 'post-commit', place }, parts)

  expect(roots).toEqual([stage.path, linked, undefined, linked])
})
