import { join } from 'node:path'
import { expect, test } from 'vitest'
import { forever, setHookStage } from '../../fixtures/hooks.ts'

test('git has named the tree of the next commit before it asks about all that is staged', async () => {
  const stage = await setHookStage()
  await stage.hooks.install(await stage.repository(), forever)
  await stage.git(['commit', '-qm', 'one'])
  expect(stage.startedFor).toHaveLength(1)
  stage.startedFor.length = 0
  stage.asked.length = 0

  stage.write('tide.md', 'two\n')
  stage.write('other.md', 'other\n')
  await stage.git(['add', 'other.md'])
  await stage.git(['commit', '-qm', 'what is staged'])
  stage.write('tide.md', 'three\n')
  await stage.git(['commit', '-qam', 'all'])
  stage.write('tide.md', 'four\n')
  await stage.git(['commit', '-qa', '--amend', '--no-edit'])
  await stage.git(['worktree', 'add', '-q', '-b', 'side', '../side'])
  await stage.git(['commit', '-qm', 'nothing', '--allow-empty'], { cwd: join(stage.path, '..', 'side') })
  expect(stage.startedFor).toEqual([])
  expect(stage.asked).toHaveLength(8)
})

test('of named files git names no tree, and is started', async () => {
  const stage = await setHookStage()
  await stage.git(['commit', '-qm', 'one'])
  await stage.hooks.install(await stage.repository(), forever)
  stage.write('tide.md', 'two\n')
  stage.write('other.md', 'other\n')
  await stage.git(['add', 'other.md'])
  await stage.git(['commit', '-qm', 'a part', '--', 'tide.md'])
  expect(stage.startedFor).toHaveLength(1)
  expect(stage.asked[0]?.data).toMatchObject({ files: [{ path: 'tide.md' }] })
})

test('where another hook stages something, git is started, and all of it is told', async () => {
  const stage = await setHookStage()
  await stage.git(['commit', '-qm', 'one'])
  stage.write('.git/hooks/pre-commit', '#!/bin/sh\necho made >made.md\ngit add made.md\n', 0o755)
  await stage.hooks.install(await stage.repository(), forever)
  stage.write('tide.md', 'two\n')
  await stage.git(['commit', '-qam', 'two'])
  expect(stage.startedFor).toHaveLength(1)
  expect(stage.asked[0]?.data).toMatchObject({ files: [{ path: 'made.md' }, { path: 'tide.md' }] })
})
