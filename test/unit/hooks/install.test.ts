import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { forever, setHookStage, type HookStage } from '../../fixtures/hooks.ts'

const refused = expect.objectContaining({ code: 1 })

/** Everything of the hooks folder and of the configuration that somebody could miss. */
function snapshot(stage: HookStage, folder = '.git/hooks'): Record<string, string> {
  const path = join(stage.path, folder)
  const names = existsSync(path) ? readdirSync(path) : []
  const files = names.map((name) => {
    const file = join(path, name)
    const status = lstatSync(file)
    const text = status.isSymbolicLink() ? readlinkSync(file) : readFileSync(file, 'latin1')
    return [name, `${status.mode.toString(8)} ${text}`]
  })
  return { ...Object.fromEntries(files), config: readFileSync(join(stage.path, '.git/config'), 'latin1') }
}

const install = async (stage: HookStage) => stage.hooks.install(await stage.repository(), forever)
const uninstall = async (stage: HookStage) => stage.hooks.uninstall(await stage.repository(), forever)
const stateOf = async (stage: HookStage, hook: string) => {
  const { hooks } = await stage.hooks.status(await stage.repository(), forever)
  return hooks.find((one) => one.hook === hook)?.state
}

test('installed twice is installed once, and uninstalled is as before', async () => {
  const stage = await setHookStage()
  const before = snapshot(stage)
  expect((await install(stage)).changed).toBe(7)
  const after = snapshot(stage)
  expect((await install(stage)).changed).toBe(0)
  expect(snapshot(stage)).toEqual(after)
  expect((await uninstall(stage)).changed).toBe(7)
  expect(snapshot(stage)).toEqual(before)
  expect((await uninstall(stage)).changed).toBe(0)
})

test('the hook that was there runs first, is believed, and comes back byte for byte with its mode', async () => {
  const stage = await setHookStage()
  stage.write('.git/hooks/pre-commit', '#!/bin/sh\necho "own \xff $0 $#" >&2\nexit ${OWN:-0}\n', 0o751)
  stage.write('.git/hooks/post-commit', '#!/usr/bin/perl\nprint STDERR "perl\\n"; exit 3\n', 0o755)
  const before = snapshot(stage)
  await install(stage)
  const ended = await stage.git(['commit', '-qm', 'one'])
  expect(ended.stderr).toContain(' .git/hooks/pre-commit 0')
  expect(ended.stderr).toContain('perl')
  expect(stage.asked.map(({ question }) => question.hook)).toEqual(['pre-commit', 'commit-msg'])

  stage.asked.length = 0
  const commit = ['commit', '--allow-empty', '-qm', 'two']
  expect((await stage.git(commit, { env: { OWN: '1' } })).code).toBe(1)
  expect(stage.asked).toEqual([])
  await uninstall(stage)
  expect(snapshot(stage)).toEqual(before)
})

test('a hook that is a link or not executable stays one', async () => {
  const stage = await setHookStage()
  stage.write('scripts/check.sh', '#!/bin/sh\necho linked >&2\n', 0o755)
  symlinkSync('../../scripts/check.sh', join(stage.path, '.git/hooks/pre-commit'))
  stage.write('.git/hooks/commit-msg', '#!/bin/sh\necho never >&2\nexit 1\n', 0o644)
  const before = snapshot(stage)
  await install(stage)
  const ended = await stage.git(['commit', '-qm', 'one'])
  expect(ended).toMatchObject({ code: 0 })
  expect(ended.stderr).toContain('linked')
  expect(ended.stderr).not.toContain('never')
  await uninstall(stage)
  expect(snapshot(stage)).toEqual(before)
})

test('a hook that reads what git says reads all of it, and so do we', async () => {
  const stage = await setHookStage()
  await stage.git(['commit', '-qm', 'one'])
  await stage.git(['init', '--quiet', '--bare', '../server.git'])
  stage.write('.git/hooks/pre-push', '#!/bin/bash\ncat > pushed\n', 0o755)
  await install(stage)
  await stage.git(['push', '-q', '../server.git', 'main', 'main:other'])
  expect(readFileSync(join(stage.path, 'pushed'), 'utf8').split('\n')).toHaveLength(3)
  expect(stage.asked[0]?.data).toMatchObject({ updates: [{}, {}] })

  // One that reads nothing harms nobody.
  stage.write('.git/hooks/pre-push.aios-kept', '#!/bin/sh\nexit 0\n', 0o755)
  stage.asked.length = 0
  expect((await stage.git(['push', '-q', '../server.git', 'main:third'])).code).toBe(0)
  expect(stage.asked[0]?.data).toMatchObject({ updates: [{}] })
})

test('a shim that somebody edited is not overwritten, and is kept aside when aios goes', async () => {
  const stage = await setHookStage()
  stage.write('.git/hooks/pre-commit', '#!/bin/sh\necho own\n', 0o755)
  const before = snapshot(stage)
  await install(stage)
  const path = join(stage.path, '.git/hooks/pre-commit')
  const edited = `${readFileSync(path, 'utf8')}\necho mine\n`
  writeFileSync(path, edited)
  expect(await stateOf(stage, 'pre-commit')).toBe('edited')
  const again = await install(stage)
  expect(again.changed).toBe(0)
  expect(again.remarks[0]).toContain('changed by hand')
  expect(readFileSync(path, 'utf8')).toBe(edited)

  const gone = await uninstall(stage)
  expect(gone.remarks[0]).toContain('pre-commit.aios-edited')
  expect(readFileSync(`${path}.aios-edited`, 'utf8')).toBe(edited)
  rmSync(`${path}.aios-edited`)
  expect(snapshot(stage)).toEqual(before)
})

test('a hook that somebody put in the place of ours stays, and so does the one from before', async () => {
  const stage = await setHookStage()
  stage.write('.git/hooks/pre-commit', '#!/bin/sh\necho first\n', 0o755)
  await install(stage)
  stage.write('.git/hooks/pre-commit', '#!/bin/sh\necho second >&2\n', 0o755)
  expect(await stateOf(stage, 'pre-commit')).toBe('displaced')

  const again = await install(stage)
  expect(again.remarks.join('\n')).toContain('kept as')
  expect((await stage.git(['commit', '-qm', 'one'])).stderr).toContain('second')
  await uninstall(stage)
  const { 'pre-commit': own, 'pre-commit.aios-kept-older': older } = snapshot(stage)
  expect(own).toContain('echo second')
  expect(older).toContain('echo first')
})

test('a hook that was deleted with ours comes back when aios goes', async () => {
  const stage = await setHookStage()
  stage.write('.git/hooks/pre-commit', '#!/bin/sh\necho first\n', 0o755)
  const before = snapshot(stage)
  await install(stage)
  rmSync(join(stage.path, '.git/hooks/pre-commit'))
  expect(await stateOf(stage, 'pre-commit')).toBe('displaced')
  await uninstall(stage)
  expect(snapshot(stage)).toEqual(before)
})

test('without a hooks folder one is made, and a relative core.hooksPath is the worktree’s', async () => {
  const stage = await setHookStage()
  rmSync(join(stage.path, '.git/hooks'), { recursive: true })
  await install(stage)
  expect(existsSync(join(stage.path, '.git/hooks/pre-commit'))).toBe(true)

  await stage.git(['config', 'core.hooksPath', 'local/hooks'])
  const answer = await install(stage)
  expect(answer.folder).toBe(join(stage.path, 'local/hooks'))
  expect(existsSync(join(stage.path, '.git/hooks/pre-commit'))).toBe(false)
  await stage.git(['commit', '-qm', 'one'])
  expect(stage.asked).toHaveLength(2)
})

test('a worktree with a hooks folder of its own is served there', async () => {
  const stage = await setHookStage()
  await stage.git(['commit', '-qm', 'one'])
  await stage.git(['worktree', 'add', '-q', '-b', 'side', '../side'])
  const side = join(stage.path, '..', 'side')
  await stage.git(['config', 'extensions.worktreeConfig', 'true'])
  await stage.git(['config', '--worktree', 'core.hooksPath', '.own'], { cwd: side })
  const answer = await stage.hooks.install(await stage.repository(side), forever)
  expect(answer.folder).toBe(join(side, '.own'))
  await stage.git(['commit', '--allow-empty', '-qm', 'two'], { cwd: side })
  expect(stage.asked).toHaveLength(2)
  await stage.git(['commit', '--allow-empty', '-qm', 'three'])
  expect(stage.asked).toHaveLength(2)
})

test.each([
  ['/dev/null', 'hooks.disabled'],
  ['committed', 'hooks.tracked'],
])('a hooks folder %s is refused with a reason', async (folder, code) => {
  const stage = await setHookStage()
  stage.write('committed/pre-commit', '#!/bin/sh\n', 0o755)
  await stage.git(['add', '--all'])
  await stage.git(['config', 'core.hooksPath', folder])
  const before = snapshot(stage)
  await expect(install(stage)).rejects.toMatchObject({ code })
  expect((await stage.hooks.status(await stage.repository(), forever)).changed).toBe(0)
  expect((await uninstall(stage)).changed).toBe(0)
  expect(snapshot(stage)).toEqual(before)
})

test('hooks that all repositories share are not changed for one', async () => {
  const stage = await setHookStage()
  await stage.git(['config', '--global', 'core.hooksPath', join(stage.path, '../shared')])
  try {
    await expect(install(stage)).rejects.toMatchObject({ code: 'hooks.shared' })
  } finally {
    await stage.git(['config', '--global', '--unset', 'core.hooksPath'])
  }
})

test.skipIf(process.getuid?.() === 0)('a folder that may not be written is left as it was', async () => {
  const stage = await setHookStage()
  const before = snapshot(stage)
  chmodSync(join(stage.path, '.git/hooks'), 0o555)
  await expect(install(stage)).rejects.toMatchObject({ code: 'hooks.unwritable' })
  chmodSync(join(stage.path, '.git/hooks'), 0o755)
  expect(snapshot(stage)).toEqual(before)
})

test('from git 2.54 on hooks stand in the configuration, and leave it as it was', async () => {
  const stage = await setHookStage({ gitVersion: 'git version 2.54.0', name: "it's\n$tide" })
  stage.write('.git/hooks/pre-commit', '#!/bin/sh\necho own\n', 0o755)
  const before = snapshot(stage)
  expect(await install(stage)).toMatchObject({ way: 'config' })
  expect((await install(stage)).changed).toBe(0)
  const { 'pre-commit': own } = snapshot(stage)
  expect(own).toBe(before['pre-commit'])
  expect(await stateOf(stage, 'pre-push')).toBe('installed')
  const get = async (name: string) => (await stage.git(['config', '-z', '--get', name])).stdout.slice(0, -1)
  expect(await get('hook.aios-pre-commit.event')).toBe('pre-commit')

  // As git runs it: the command as a shell reads it, with the arguments behind.
  stage.answer({ decision: 'deny' })
  const command = await get('hook.aios-pre-commit.command')
  const asGit = ['-c', `${command} "$@"`, command]
  expect(await stage.run('sh', asGit)).toEqual(refused)
  rmSync(join(stage.path, '.git/aios'), { recursive: true })
  expect(await stage.run('sh', asGit)).toMatchObject({ code: 0, stderr: '' })
  expect(await stateOf(stage, 'pre-commit')).toBe('outdated')

  await install(stage)
  await uninstall(stage)
  expect(snapshot(stage)).toEqual(before)
  expect(existsSync(join(stage.path, '.git/aios'))).toBe(false)
})

test('who gets a newer git is moved from files to the configuration', async () => {
  const stage = await setHookStage()
  stage.write('.git/hooks/pre-commit', '#!/bin/sh\necho own\n', 0o755)
  const before = snapshot(stage)
  await install(stage)
  const newer = await setHookStage({ gitVersion: 'git version 2.55.1' })
  const answer = await newer.hooks.install(await stage.repository(), forever)
  expect(answer.way).toBe('config')
  expect(snapshot(stage)['pre-commit']).toBe(before['pre-commit'])
  await uninstall(stage)
  expect(snapshot(stage)).toEqual(before)
})

test('the hook of pre-commit that is installed again after ours calls us once, and itself once', async () => {
  const stage = await setHookStage()
  const generated = `#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n# ID: 1\nHERE="$(cd "$(dirname "$0")" && pwd)"\necho "pre-commit ran" >&2\n[ -z "$PRE_COMMIT_RUNNING_LEGACY" ] || { echo 'bug: installed twice' >&2; exit 1; }\n[ ! -x "$HERE/pre-commit.legacy" ] || PRE_COMMIT_RUNNING_LEGACY=1 "$HERE/pre-commit.legacy"\n`
  stage.write('.git/hooks/pre-commit', generated, 0o755)
  await install(stage)
  // What \`pre-commit install\` does to a hook that is not its own.
  await stage.run('mv', ['.git/hooks/pre-commit', '.git/hooks/pre-commit.legacy'])
  stage.write('.git/hooks/pre-commit', generated, 0o755)
  expect(await stateOf(stage, 'pre-commit')).toBe('displaced')
  const ended = await stage.git(['commit', '-qm', 'one'])
  expect(ended).toMatchObject({ code: 0, stderr: 'pre-commit ran\n' })
  expect(stage.asked.map(({ question }) => question.hook)).toEqual(['pre-commit', 'commit-msg'])

  await install(stage)
  stage.asked.length = 0
  const again = await stage.git(['commit', '--allow-empty', '-qm', 'two'])
  expect(again).toMatchObject({ code: 0, stderr: 'pre-commit ran\n' })
  expect(stage.asked).toHaveLength(2)
  mkdirSync(join(stage.path, 'x'))
  await uninstall(stage)
  const { 'pre-commit': back, ...others } = snapshot(stage)
  expect(back).toBe(`100755 ${generated}`)
  expect(Object.keys(others).filter((name) => /legacy|aios/.test(name))).toEqual([])
})
