import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../../cli/run.ts'

/** Returns the `aios` command in a home of its own, without a daemon and without a person who watches. */
function newUser() {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'user-')))
  const aios = async (...words: string[]) => {
    const printed = { stdout: '', stderr: '' }
    const screen = (name: 'stdout' | 'stderr') => ({
      columns: 100,
      write: (text: string) => void (printed[name] += text),
    })
    const env = { HOME: home, AIOS_HOME: join(home, 'aios'), PATH: '' }
    const surroundings = { env, stdout: screen('stdout'), stderr: screen('stderr'), cwd: () => home }
    const exit = await run(words, surroundings, new AbortController().signal)
    return { ...printed, exit }
  }
  return { home, aios }
}

test('without an agent those on this machine are listed, and how each stands', async () => {
  const { home, aios } = newUser()
  mkdirSync(join(home, '.gemini'))
  mkdirSync(join(home, '.codex'))
  writeFileSync(join(home, '.codex', 'config.toml'), 'model = \n')
  await aios('connect', 'claude', '--yes')
  await aios('connect', 'cursor', '--project', '--yes')
  const { stdout } = await aios('connect')
  const lines = stdout.split('\n')
  expect(lines.find((line) => line.startsWith('claude'))).toMatch(/Claude Code\s+connected$/)
  expect(lines.find((line) => line.startsWith('cursor'))).toMatch(/, in this project connected$/)
  expect(lines.find((line) => line.startsWith('gemini'))).toMatch(/not connected$/)
  expect(lines.find((line) => line.startsWith('vscode'))).toMatch(/not found here$/)
  expect(lines.find((line) => line.startsWith('codex'))).toMatch(/settings cannot be read$/)
  expect(stdout).toContain('config.toml cannot be read')
  const listed: unknown = JSON.parse((await aios('connect', '--json')).stdout)
  expect(listed).toHaveProperty('data.agents.length', 6)
})

test('what is written is shown first, and nothing is written unasked', async () => {
  const { home, aios } = newUser()
  const file = join(home, '.gemini', 'settings.json')
  mkdirSync(join(home, '.gemini'))
  writeFileSync(file, '{\n  "theme": "dark"\n}\n')
  const shown = await aios('connect', 'gemini', '--dry-run')
  expect(shown.stdout).toContain('-   "theme": "dark"')
  expect(shown.stdout).toContain('+   "theme": "dark",')
  expect(shown.stdout).toContain('+     "aios": {')
  expect(shown.stdout).toContain('Nothing was written.')
  await expect(aios('connect', 'gemini')).rejects.toMatchObject({ code: 'command.usage' })
  expect(readFileSync(file, 'utf8')).toBe('{\n  "theme": "dark"\n}\n')

  const done = await aios('connect', 'gemini', '--yes')
  expect(done.stdout).toContain('Gemini CLI is connected.')
  expect((await aios('connect', 'gemini', '--yes')).stdout).toContain('connected already')
  await expect(aios('disconnect', 'gemini')).rejects.toMatchObject({ code: 'command.usage' })
  const undone = await aios('disconnect', 'gemini', '--yes')
  expect(undone.stdout).toContain('-     "aios": {')
  expect(readFileSync(file, 'utf8')).toBe('{\n  "theme": "dark"\n}\n')
  expect((await aios('disconnect', 'gemini', '--yes')).stdout).toContain('not connected')
})

test('an agent that nobody knows is answered with the one that was meant', async () => {
  const { home, aios } = newUser()
  await expect(aios('connect', 'cluade')).rejects.toMatchObject({
    code: 'agent.unknown',
    message: 'aios knows no agent `cluade`. Did you mean `claude`?',
  })
  expect(existsSync(join(home, '.claude.json'))).toBe(false)
})
