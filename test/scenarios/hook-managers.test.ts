import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { forever, setHookStage, type HookStage } from '../fixtures/hooks.ts'

// The real tools, from npm: what they write and how they behave when they are installed again is theirs to change.
const { resolve: find } = createRequire(import.meta.url)
const husky = join(dirname(find('husky')), 'bin.js')
const lefthook = find('lefthook')

const install = async (stage: HookStage) => stage.hooks.install(await stage.repository(), forever)
const uninstall = async (stage: HookStage) => stage.hooks.uninstall(await stage.repository(), forever)
const status = async (stage: HookStage) => stage.hooks.status(await stage.repository(), forever)
const refusal = { decision: 'deny' as const }

let moment = 0

/** Commits a change and returns what was said, and which questions reached us. */
async function commit(stage: HookStage, env: NodeJS.ProcessEnv = {}) {
  stage.write('tide.md', `The tide turns at ${(moment += 1)}.\n`)
  await stage.git(['add', 'tide.md'])
  stage.asked.length = 0
  const { code, stdout, stderr } = await stage.git(['commit', '-m', 'note the tide'], {
    env,
  })
  return { code, said: stdout + stderr, asked: stage.asked.map(({ question }) => question.hook) }
}

function filesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(files.map(({ name }) => [name, readFileSync(join(folder, name), 'latin1')]))
}

test('husky keeps working before, during and after', async () => {
  const stage = await setHookStage()
  stage.write('.husky/pre-commit', 'echo "husky ran as $0"\nexit ${OWN:-0}\n')
  const runHusky = async () => expect((await stage.run(process.execPath, [husky])).code).toBe(0)
  await runHusky()
  const folder = join(stage.path, '.husky', '_')
  const before = filesOf(folder)
  expect(await commit(stage)).toMatchObject({ code: 0, asked: [] })

  const installed = await install(stage)
  expect(installed).toMatchObject({ manager: 'husky', folder })
  expect(installed.remarks.join(' ')).toContain('after it')
  const during = await commit(stage)
  expect(during).toMatchObject({ code: 0, asked: ['pre-commit', 'commit-msg'] })
  expect(during.said).toContain('husky ran as .husky/pre-commit')
  const refused = await commit(stage, { OWN: '3' })
  expect(refused).toMatchObject({ code: 1, asked: [] })
  expect(refused.said).toContain('husky - pre-commit script failed (code 3)')
  stage.answer(refusal)
  expect(await commit(stage)).toMatchObject({ code: 1, asked: ['pre-commit'] })
  stage.answer({})

  await runHusky()
  expect(await commit(stage)).toMatchObject({ code: 0, asked: [] })
  const lost = await status(stage)
  expect(lost.hooks.map(({ state }) => state)).toEqual(Array(7).fill('displaced'))
  expect(lost.remarks.join(' ')).toContain('husky took the place of aios')
  await install(stage)
  expect(await commit(stage)).toMatchObject({ code: 0, asked: ['pre-commit', 'commit-msg'] })

  await uninstall(stage)
  expect(filesOf(folder)).toEqual(before)
  const after = await commit(stage)
  expect(after).toMatchObject({ code: 0, asked: [] })
  expect(after.said).toContain('husky ran')
})

test('husky that comes after aios is found where it is', async () => {
  const stage = await setHookStage()
  await install(stage)
  const old = join(stage.path, '.git', 'hooks')
  await stage.run(process.execPath, [husky])
  expect((await status(stage)).hooks[0]).toMatchObject({ state: 'displaced' })
  await install(stage)
  expect(await commit(stage)).toMatchObject({ asked: ['pre-commit', 'commit-msg'] })
  expect(Object.keys(filesOf(old)).filter((name) => !name.endsWith('.sample'))).toEqual([])
})

test('lefthook keeps working before, during and after', async () => {
  const stage = await setHookStage()
  const job = (hook: string) =>
    `${hook}:\n  jobs:\n    - name: own\n      run: echo lefthook ran; exit \${OWN:-0}\n`
  stage.write('lefthook.yml', job('pre-commit'))
  const runLefthook = (...args: string[]) => stage.run(process.execPath, [lefthook, ...args])
  const folder = join(stage.path, '.git', 'hooks')
  const own = filesOf(folder)
  expect((await runLefthook('install')).code).toBe(0)
  const before = filesOf(folder)
  expect(await commit(stage)).toMatchObject({ code: 0, asked: [] })

  expect(await install(stage)).toMatchObject({ manager: 'lefthook' })
  const during = await commit(stage)
  expect(during).toMatchObject({ code: 0, asked: ['pre-commit', 'commit-msg'] })
  expect(during.said).toContain('lefthook ran')
  expect(await commit(stage, { OWN: '3' })).toMatchObject({ code: 1, asked: [] })
  stage.answer(refusal)
  expect(await commit(stage)).toMatchObject({ code: 1, asked: ['pre-commit'] })
  stage.answer({})

  // Lefthook puts what it does not know aside, and us with it.
  expect((await runLefthook('install', '--force')).code).toBe(0)
  const lost = await status(stage)
  expect(lost.hooks.find(({ hook }) => hook === 'pre-commit')).toMatchObject({ state: 'displaced' })
  expect(await commit(stage)).toMatchObject({ code: 0 })
  await install(stage)
  expect(await commit(stage)).toMatchObject({ code: 0, asked: ['pre-commit', 'commit-msg'] })
  expect((await runLefthook('install')).code).toBe(0)
  await install(stage)
  expect(await commit(stage)).toMatchObject({ code: 0, asked: ['pre-commit', 'commit-msg'] })

  await uninstall(stage)
  expect(filesOf(folder)).toEqual(before)
  const after = await commit(stage)
  expect(after).toMatchObject({ code: 0, asked: [] })
  expect(after.said).toContain('lefthook ran')
  expect((await runLefthook('uninstall')).code).toBe(0)
  expect(filesOf(folder)).toEqual(own)
})

test('a hook of the user, then aios, then lefthook: taken apart in any order, the user’s hook is left', async () => {
  const stage = await setHookStage()
  const own = '#!/bin/sh\necho own ran\n'
  stage.write('.git/hooks/pre-commit', own, 0o755)
  stage.write('lefthook.yml', 'pre-commit:\n  jobs:\n    - run: echo lefthook ran\n')
  await install(stage)
  await stage.run(process.execPath, [lefthook, 'install'])
  await install(stage)
  const both = await commit(stage)
  expect(both).toMatchObject({ code: 0, asked: ['pre-commit', 'commit-msg'] })
  expect(both.said).toContain('lefthook ran')
  await uninstall(stage)
  expect(filesOf(join(stage.path, '.git/hooks'))['pre-commit.old']).toBe(own)
  await stage.run(process.execPath, [lefthook, 'uninstall'])
  expect(filesOf(join(stage.path, '.git/hooks'))['pre-commit']).toBe(own)
})
