import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPlace, type Place } from './place.ts'
import { commandProgram } from '../programs.ts'

const escape = '\u001b[31m'
const hostile = `${escape}red \u001b]0;owned\u0007 \u009b2J \u202egpj.exe`
const oddPath = `odd${escape}/f\u0007\n.txt`
const witness = () => join(place.home, 'pwned')

let place: Place
beforeAll(() => {
  place = createPlace()
  for (const [path, message] of [
    ['tide.md', 'note the tide'],
    [oddPath, `fix: ${hostile}`],
    ['tide.md', hostile],
  ] as const) {
    mkdirSync(join(place.repository, path, '..'), { recursive: true })
    writeFileSync(join(place.repository, path), `${message}\n`)
    place.git('add', '--all')
    place.git(
      '-c',
      'commit.cleanup=verbatim',
      'commit',
      '--quiet',
      '-m',
      message,
      '--author',
      `Eve${escape} <e@${escape}>`,
    )
  }
  place.git('branch', 'br\u202eanch')
  symlinkSync('/etc', join(place.repository, 'elsewhere'))
  if (place.aios(['init']).code !== 0) throw new Error('The repository could not be remembered.')
})
afterAll(() => place.clear())

const shown: string[][] = [
  ['init'],
  ['status'],
  ['status', '--json'],
  ['doctor'],
  ['repo', 'list'],
  ['repo', 'reindex'],
  ['timeline'],
  ['timeline', '--json'],
  ['recall', hostile],
  ['recall', '--json', hostile],
  ['recall', '--explain', 'tide red'],
  ['recall', '--path', hostile, 'tide'],
  ['show', 'HEAD'],
  ['show', 'HEAD~1'],
  ['show', hostile],
  ['why', 'tide.md'],
  ['why', 'tide.md:1'],
  ['why', oddPath],
  ['related', oddPath],
  ['context', hostile, '--path', oddPath],
  ['context', 'tide', '--format', 'json'],
  ['events'],
  ['daemon', 'logs'],
  ['config', 'get', hostile],
  ['--repo', hostile, 'recall', 'tide'],
  ['-C', `/nowhere/${hostile}`, 'status'],
  [hostile],
]

test.each(shown.map((command) => ({ command, name: JSON.stringify(command.join(' ')) })))(
  'aios $name gives no orders to the terminal',
  ({ command }) => {
    const { code, stdout, stderr } = place.aios(command)
    expect(code).not.toBeNull()
    expect(stdout.length + stderr.length).toBeGreaterThan(0)
    const orders = Array.from(stdout + stderr).filter(isOrder)
    expect(orders).toEqual([])
    expect(stdout + stderr).not.toMatch(/^\s+at .*:\d+:\d+/m)
  },
)

test.each([
  ['why', '../../etc/passwd'],
  ['why', '/etc/passwd'],
  ['why', '..'],
  ['why', 'elsewhere/passwd'],
  ['why', '.git/config'],
  ['related', '../x'],
  ['context', 'tide', '--path', '/etc/passwd'],
])('aios %s %s asks for what is not in the repository', (...command) => {
  const { code, stdout, stderr } = place.aios(command)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/is not inside the repository\.\nhint {2}Name a path inside/)
})

test.each([
  { command: ['show', '--', '--upload-pack=touch $PWNED'], code: 3 },
  { command: ['show', '--', '-nope'], code: 3 },
  { command: ['recall', '--as-of=--upload-pack=touch $PWNED', 'tide'], code: 3 },
  { command: ['timeline', '--as-of', '-n'], code: 3 },
  { command: ['context', 'tide', '--diff=--output=$PWNED'], code: 3 },
  { command: ['why', '--', '-n'], code: 3 },
  { command: ['why', '--', '--output=$PWNED'], code: 3 },
  { command: ['related', '--', '--output=$PWNED'], code: 0 },
])('$command is a name and not an option', ({ command, code }) => {
  const ended = place.aios(command.map((word) => word.replace('$PWNED', witness())))
  expect(ended.code).toBe(code)
  expect(existsSync(witness())).toBe(false)
})

test.each([
  { name: 'a megabyte', input: 'tide '.repeat(200_000), code: 2, says: 'The question has' },
  { name: 'control characters', input: 'the\u0000tide\u0001\u001b\u007f', code: 0, says: 'note the tide' },
  { name: 'bytes that are no text', input: Buffer.from([0xff, 0xfe, 0x00, 0xc3]), code: 0, says: '' },
  { name: 'nothing', input: ' \n', code: 2, says: 'The question is empty' },
])('a question of $name is answered or refused, and the daemon stays', ({ input, code, says }) => {
  const { pid } = daemon()
  const program = [commandProgram, 'recall', '-']
  const options = { cwd: place.repository, env: place.environment, input, encoding: 'utf8' as const }
  const { status, stdout, stderr } = spawnSync(process.execPath, program, options)
  expect(status).toBe(code)
  expect(stdout + stderr).toContain(says)
  expect(daemon().pid).toBe(pid)
})

function daemon(): { pid: unknown } {
  const { data } = place.aios(['status', '--json'])
  return { pid: Object(Object(data).daemon).pid }
}

/** Whether a terminal does something at the character other than showing it; lines may end. */
function isOrder(character: string): boolean {
  const code = character.codePointAt(0) ?? 0
  const isControl = (code < 0x20 && character !== '\n') || (code >= 0x7f && code <= 0x9f)
  return isControl || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)
}
