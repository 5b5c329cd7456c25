import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { readWorktreeFile } from '../../plugins/worktree-file.ts'

const forever = new AbortController().signal

/** Makes a worktree with what nobody but its owner should read, inside and around it. */
function place() {
  const home = mkdtempSync(join(tmpdir(), 'files-'))
  const root = join(home, 'tide')
  const files = {
    'tide/src/tide.ts': 'open',
    'tide/.env': 'SECRET',
    'tide/.env.local': 'SECRET',
    'tide/src/.env': 'SECRET',
    'tide/state/token': 'SECRET',
    'other/notes.md': 'SECRET',
    'tide2/notes.md': 'SECRET',
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }
  execFileSync('git', ['init', '-q', root])
  const closed = [join(root, 'state')]
  const read = (path: string, paths = ['**']) =>
    readWorktreeFile(path, { root, paths, closed }, 1000, forever)
  return { home, root, read }
}

test('a file of the worktree is read where it was allowed, and one that is absent is not there', async () => {
  const { read } = place()

  expect((await read('src/tide.ts'))?.content.toString()).toBe('open')
  expect(await read('src/absent.ts')).toBeUndefined()
  await expect(read('src/tide.ts', ['docs/**'])).rejects.toMatchObject({ code: 'plugin.refused' })
})

test.each([
  '../other/notes.md',
  'src/../../other/notes.md',
  'src/..',
  '..',
  '.',
  './src/tide.ts',
  'src//tide.ts',
  '/etc/passwd',
  '//etc/passwd',
  '~/notes.md',
  '..\\other\\notes.md',
  'C:\\notes.md',
  'src/tide.ts\u0000.md',
  '../tide2/notes.md',
  '.git',
  '.git/config',
  '.GIT/config',
  '.Git/HEAD',
  'git~1/config',
  '.git./config',
  '.git /config',
  '.g\u200cit/config',
  '.git\ufeff/config',
  '\uff0egit/config',
  '.git::$INDEX_ALLOCATION/config',
  'src/.git/config',
  '.env',
  '.ENV',
  '.env.local',
  '.env.',
  'src/.env',
  '.envrc',
  'state/token',
])('%j is not read', async (path) => {
  const { read } = place()
  const refused = await read(path).then(
    (start) => (start === undefined ? 'absent' : start.content.toString()),
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  )

  expect(refused).toBe('plugin.refused')
})

test.each([
  ['a file outside', 'other/notes.md', 'notes.md'],
  ['the folder of git', 'tide/.git', 'plain'],
  ['.env', 'tide/.env', 'settings.txt'],
  ['a folder outside', 'other', 'linked'],
  ['the state of the daemon', 'tide/state', 'linked'],
])('a link to %s leads nowhere', async (_what, target, name) => {
  const { home, root, read } = place()
  symlinkSync(join(home, target), join(root, name))
  const inside =
    { plain: 'plain/config', linked: target === 'other' ? 'linked/notes.md' : 'linked/token' }[name] ?? name

  await expect(read(inside)).rejects.toMatchObject({ code: 'plugin.refused' })
})

test('a link that stays inside what was allowed is followed, and one that leaves it is not', async () => {
  const { root, read } = place()
  mkdirSync(join(root, 'docs'))
  symlinkSync('../src/tide.ts', join(root, 'docs', 'tide.ts'))

  expect((await read('docs/tide.ts'))?.content.toString()).toBe('open')
  await expect(read('docs/tide.ts', ['docs/**'])).rejects.toMatchObject({ code: 'plugin.refused' })
})

test('a pipe, a folder and a device are not read, and hold nobody up', async () => {
  const { root, read } = place()
  execFileSync('mkfifo', [join(root, 'pipe')])

  await expect(read('pipe')).rejects.toMatchObject({ code: 'plugin.refused' })
  await expect(read('src')).rejects.toMatchObject({ code: 'plugin.refused' })
})

test('a refusal names no place of this machine', async () => {
  const { root, home, read } = place()
  symlinkSync(join(home, 'other'), join(root, 'linked'))
  const error = await read('linked/notes.md').catch((thrown: unknown) => String(thrown))

  expect(error).not.toContain(home)
})

test('what is larger than asked for is cut', async () => {
  const { root, read } = place()
  writeFileSync(join(root, 'large.txt'), 'x'.repeat(5000))
  linkSync(join(root, 'large.txt'), join(root, 'second.txt'))

  expect(await read('second.txt')).toMatchObject({ truncated: true, content: Buffer.alloc(1000, 'x') })
})
