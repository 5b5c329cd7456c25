import { expect, test } from 'vitest'
import { widthOf } from '../../cli/width.ts'
import { oid, repository } from './answers.ts'
import { commandLine } from './command-line.ts'
import { evil, hostileAnswers } from './hostile.ts'

const asked: [string, string[]][] = [
  ['recall', ['recall', '--explain', 'tide']],
  ['why', ['why', 'tide.md:3']],
  ['related', ['related', 'tide.md']],
  ['context', ['context', 'tide']],
  ['context as JSON', ['context', 'tide', '--format', 'json']],
  ['show', ['show', 'HEAD']],
  ['timeline', ['timeline']],
  ['events', ['events']],
  ['repo list', ['repo', 'list']],
  ['init', ['init']],
  ['doctor', ['doctor']],
  ['config show', ['config', 'show']],
  ['config check', ['config', 'check']],
]

/** Every byte that a terminal could obey; colours of ours are not among them, because they are off. */
const obeyed = /(?!\n)[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\u2028\u2029\u200e\u200f\u{e0000}-\u{e007f}]/u

test.each(asked)('%s lets no text of a commit give orders to the terminal', async (_name, argv) => {
  const aios = await commandLine(hostileAnswers)
  const { stdout, stderr } = await aios(argv)
  expect(stdout).toContain('tide')
  expect(stdout + stderr).not.toMatch(obeyed)
})

test.each(asked.filter(([name]) => !name.startsWith('context')))(
  '%s says the same in colour, and only colours are added',
  async (_name, argv) => {
    const aios = await commandLine(hostileAnswers)
    const plain = await aios(argv)
    const colored = await aios([...argv, '--color', 'always'])
    expect(colored.stdout).toContain('\u001b[')
    // oxlint-disable-next-line eslint/no-control-regex -- the colours that are ours
    expect(colored.stdout.replace(/\u001b\[[\d;]*m/g, '').replace(/ +$/gm, '')).toBe(plain.stdout)
  },
)

test.each(asked.filter(([name]) => !name.includes('JSON') && name !== 'events'))(
  '%s --json is one object with nothing lost and nothing that a terminal obeys',
  async (name, argv) => {
    const aios = await commandLine(hostileAnswers)
    const { stdout } = await aios([...argv, '--json'])
    expect(stdout).not.toMatch(obeyed)
    const printed: unknown = JSON.parse(stdout)
    const unread = '1 commit could not be read, or not whole; `aios status` says why.'
    const warnings = name === 'init' ? [evil, unread] : []
    expect(printed).toMatchObject({ schema: expect.stringMatching(/^aios\.[a-z-]+\.v1$/), warnings })
    expect(texts(printed)).toContain(evil)
  },
)

test('events --json is one object a line', async () => {
  const aios = await commandLine()
  const { stdout } = await aios(['events', '--json'])
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  ).toEqual([{ seq: 1, id: 'e1', type: 'daemon.started', time: '2024-05-01T00:00:00Z', data: {} }])
})

test.each([
  ['recall', '--explain', 'tide'],
  ['why', 'tide.md:3'],
  ['related', 'tide.md'],
  ['timeline'],
  ['repo', 'list'],
])('%s fits a narrow terminal', async (...argv) => {
  const aios = await commandLine({ ...hostileAnswers, timeline: timelineWithoutCursor })
  const { stdout } = await aios(argv, { columns: 60 })
  expect(stdout.split('\n').filter((line) => widthOf(line) > 60)).toEqual([])
})

test.each([
  ['recall', '--explain', 'tide'],
  ['why', 'tide.md:3'],
  ['related', 'tide.md'],
  ['show', 'HEAD'],
  ['timeline'],
  ['config', 'show'],
])('%s is whole where no terminal ends its lines', async (...argv) => {
  const notes = async () => ({ items: [] })
  const aios = await commandLine({ ...hostileAnswers, notes, timeline: timelineWithoutCursor })
  const { stdout } = await aios(argv, { columns: 0 })
  expect(stdout).not.toContain('…')
  expect((await aios(argv, { columns: 60 })).stdout).toContain('…')
})

test('what a score is made of is told whole on a narrow terminal', async () => {
  const aios = await commandLine({ recall: async () => recalled })
  const { stdout } = await aios(['recall', '--explain', 'tide'], { columns: 40 })
  expect(stdout).not.toContain('…')
  for (const name of Object.keys(signals)) expect(stdout).toContain(name)
})

test('colours are for terminals, unless they are asked for or declined', async () => {
  const aios = await commandLine(hostileAnswers)
  const hasColor = async (...given: Parameters<typeof aios>) =>
    (await aios(...given)).stdout.includes('\u001b[')
  expect(await hasColor(['timeline'], { isTTY: true })).toBe(true)
  expect(await hasColor(['timeline'])).toBe(false)
  expect(await hasColor(['timeline'], { isTTY: true, environment: { NO_COLOR: '1' } })).toBe(false)
  expect(await hasColor(['timeline'], { isTTY: true, environment: { TERM: 'dumb' } })).toBe(false)
  expect(await hasColor(['timeline', '--color', 'always'], { environment: { NO_COLOR: '1' } })).toBe(true)
  expect(await hasColor(['timeline', '--color', 'never'], { isTTY: true })).toBe(false)
})

test('show prints a message as it is: its trailers stand in it once', async () => {
  const hostile = await hostileAnswers.show?.({ oid, repository: '' }, new AbortController().signal)
  if (hostile === undefined) throw new Error('Nothing was shown.')
  const trailers = [{ key: 'Signed-off-by', value: 'Ada <a@b>' }]
  const episode = { ...hostile.episode, body: 'It was low.\n\nSigned-off-by: Ada <a@b>\n', trailers }
  const aios = await commandLine({ show: async () => ({ ...hostile, episode }) })
  expect((await aios(['show', 'HEAD'])).stdout.match(/Signed-off-by: Ada/g)).toHaveLength(1)
})

test('why says of which lines of a range each commit is the last', async () => {
  const episode = { oid, subject: 'tide', author: 'Ada', time: '', path: 'tide.md', reason: '' }
  const aios = await commandLine({
    why: async ({ line = 1, endLine = line }) => ({
      file: 'tide.md',
      line,
      endLine,
      text: [],
      episodes: [
        { ...episode, role: 'last-changed', lines: [5, 3, 6, 9] },
        { ...episode, role: 'shaped', lines: [] },
      ],
      ties: [],
      confidence: 0.5,
      doubts: [],
    }),
  })
  const { stdout } = await aios(['why', 'tide.md:3-9'])
  expect(stdout).toContain('Ada · lines 3, 5-6, 9\n')
  expect(stdout.match(/ · line/g)).toHaveLength(1)
  expect((await aios(['why', 'tide.md:3'])).stdout).not.toContain(' · line')
})

test('a file is either right or wrong, and each mistake in it stands in a line', async () => {
  const aios = await commandLine({
    config: async () => ({
      settings: [],
      files: [
        { path: '/u/config.yaml', exists: true, valid: true, scope: 'user' },
        { path: '/r/.aiosrc.yaml', exists: true, valid: false, scope: 'repository' },
      ],
      problems: [
        {
          code: 'config.invalid',
          message: '/r/.aiosrc.yaml:1:1: one\n/r/.aiosrc.yaml:2:1: two',
          hint: 'Mend it.',
        },
      ],
    }),
  })
  expect((await aios(['config', 'check'])).stdout.split('\n')).toEqual([
    '✔ /u/config.yaml',
    '✖ /r/.aiosrc.yaml:1:1: one',
    '✖ /r/.aiosrc.yaml:2:1: two',
    '  Mend it.',
    '',
  ])
})

test('an unhealthy daemon shows in the exit code of doctor', async () => {
  expect((await (await commandLine(hostileAnswers))(['doctor'])).exit).toBe(7)
  expect((await (await commandLine())(['doctor'])).exit).toBe(0)
})

test('without a terminal, progress is a line for each phase', async () => {
  const aios = await reading()
  const { stdout, stderr } = await aios(['init'])
  expect(stderr).toBe('reading messages …\nup to date …\n')
  expect(stdout).toContain('3 commits by 1 author in 2 files, 2020 to 2024')
  expect((await aios(['init', '--quiet'])).stderr).toBe('')
})

test('with a terminal, progress is a bar that leaves nothing behind', async () => {
  const aios = await reading()
  const { stderr } = await aios(['init'], { isTTY: true, columns: 100 })
  expect(stderr).toContain('━')
  expect(stderr).toContain('reading messages 1 of 3 · 10/s · 1.0 s left')
  expect(stderr.endsWith('\r\u001b[2K')).toBe(true)
})

const signals = { message: 0.5, subject: 0.25, terms: 0.1, trust: 0.05, recency: 0.01 }
const recalled = {
  question: 'tide',
  kind: 'prose' as const,
  abstained: false,
  tookMs: 1,
  hits: [
    {
      oid,
      signals,
      repository: 'tide-1',
      subject: 'tide',
      author: 'ada',
      time: '2024-05-01T12:00:00Z',
      score: 0.9,
      identity: oid,
      kind: 'fix' as const,
      reachable: true,
      passages: [],
      was: [],
    },
  ],
}

async function timelineWithoutCursor() {
  const item = { oid, subject: evil, author: evil, time: '2024-05-01T12:00:00Z', files: 1, reachable: true }
  return { items: [{ ...item, kind: 'fix' as const }] }
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}

/** Returns the `aios` command, where adding a repository takes a while and is followed. */
async function reading() {
  const task = {
    id: 'abc',
    kind: 'addRepository',
    priority: 3,
    tries: 1,
    mostTries: 1,
    createdAt: '2024-05-01T00:00:00Z',
    changedAt: '2024-05-01T00:00:00Z',
  }
  const running = { ...task, state: 'running' as const }
  const progress = { phase: 'messages' as const, done: 1, total: 3, ratePerSecond: 10, secondsLeft: 1 }
  const result = { repository, added: true }
  return commandLine(
    {
      async *followTask() {
        yield { ...running, progress }
        yield { ...task, state: 'completed', result }
      },
    },
    { work: { begin: async () => running, ended: async () => running } },
  )
}
