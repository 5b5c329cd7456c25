import { mkdirSync, symlinkSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createPlace } from './config-place.ts'

const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${Array.from('bcdefghi', (name, index) => {
  const before = String.fromCodePoint(97 + index)
  return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`
}).join('\n')}\ningest:\n  excludePaths: *i\n`

const files: Record<string, string | Buffer> = {
  'a misspelt section': 'recal:\n  limit: 3\n',
  'a misspelt setting': 'recall:\n  limt: 3\n',
  'letters in the wrong order': 'recall:\n  weights:\n    prose:\n      mesage: 1\n',
  'another way of writing': 'recall:\n  abstain_below: 0.2\n',
  'a setting in the wrong section': 'recall:\n  budget: 3\n',
  'a setting outside its section': 'limit: 3\n',
  'a dotted name': 'recall.limit: 3\n',
  'a name nobody knows': 'plugins:\n  - everything\n',
  'a text for a number': 'recall:\n  limit: "10"\n',
  'a number out of range': 'recall:\n  limit: 0\n  abstainBelow: 1.01\n',
  'half a number': 'recall:\n  limit: 2.5\n',
  'no number at all': 'recall:\n  limit: .nan\n  abstainBelow: .inf\n',
  'a number beyond numbers': 'recall:\n  limit: 1e999\n',
  'yes for a number': 'recall:\n  limit: yes\n',
  'a setting without a value': 'recall:\n  limit:\n  abstainBelow: 0.1\n',
  'a choice that is none': 'daemon:\n  logLevel: INFO\n',
  'a choice that is far off': 'daemon:\n  logLevel: loud\n',
  'a text for a list': 'ingest:\n  excludePaths: dist/**\n',
  'a list for a number': 'recall:\n  limit: [3]\n',
  'a mapping for a number': 'recall:\n  limit: { most: 3 }\n',
  'a list of other things': 'ingest:\n  excludePaths: [a, 3, [b], { c: d }, ~]\n',
  'a list without end': `ingest:\n  excludeRefs: [${Array.from({ length: 101 }, () => 'a').join()}]\n`,
  'a text that is too long': `ingest:\n  excludePaths: [${'a'.repeat(257)}]\n`,
  'a number for a section': 'recall: 3\n',
  'a setting twice': 'recall:\n  limit: 3\n  limit: 4\n',
  'a section twice': 'recall:\n  limit: 3\nrelated: {}\nrecall:\n  limit: 4\n',
  'a list at the top': '- recall\n',
  'a text at the top': 'limit 3\n',
  'a name that is a list': '? [recall, limit]\n: 3\n',
  'a prototype': '__proto__:\n  polluted: true\nconstructor:\n  prototype: {}\n',
  'a prototype inside': 'recall:\n  __proto__: { limit: 3 }\n  toString: 3\n',
  'a merge key': 'recall: &r { limit: 3 }\n<<: *r\n',
  'a merge key of YAML 1.1': '%YAML 1.1\n---\nrecall:\n  <<: { limit: 3 }\n',
  'an alias of nothing': 'recall:\n  limit: *ten\n',
  'a glob without quotes': 'ingest:\n  excludePaths:\n    - **/*.map\n',
  'an alias of what holds it': 'recall: &a\n  weights: *a\n',
  'a bomb of aliases': bomb,
  'aliases without end': `ingest:\n  excludePaths: [&a x${', *a'.repeat(500)}]\n`,
  'a tag': 'recall: !!js/function "return 3"\n',
  'a tag of our own': 'recall:\n  limit: !env LIMIT\n',
  'a tab': 'recall:\n\tlimit: 3\n',
  'a colon too many': 'recall: limit: 3\n',
  'an indentation that does not fit': 'recall:\n    limit: 3\n  abstainBelow: 0.1\n',
  'an open bracket': 'ingest:\n  excludePaths: [a, b\n',
  'an open quote': 'ingest:\n  excludePaths: ["a, b]\n',
  'two documents': 'recall:\n  limit: 3\n---\nrecall:\n  limit: 4\n',
  'a line that is no pair': 'recall:\n  limit 3\n',
  'nesting without end': '['.repeat(60_000),
  'mappings without end': '{a: '.repeat(15_000),
  'mistakes without end': Array.from({ length: 15 }, (_, index) => `x${index}: 1\n`).join(''),
  'a file that is too large': `#${'x'.repeat(64 * 1024)}`,
  'bytes that are no text': Buffer.from('recall:\n  limit: 3 # caf\xe9\n', 'latin1'),
  'UTF-16': Buffer.from('\uFEFFrecall: {}\n', 'utf16le'),
  'a zero byte': 'recall:\n  limit: \0\n',
  'what a terminal would obey': '"\u001b[2J\u009b31m\u202e": 1\nrecall:\n  limit: "\u001b]0;x\u0007"\n',
  'CRLF and a byte order mark': '\uFEFFrecall:\r\n  limt: 3\r\n',
}

test.each(Object.entries(files))('%s', async (_name, content) => {
  const { problems, write, userFile } = createPlace()
  write(userFile, content)

  expect(await problems()).toMatchSnapshot()
})

test('a file cannot reach the prototype of anything', async () => {
  const { load, write, userFile } = createPlace()
  write(userFile, files['a prototype'] ?? '')
  await load({ tolerate: 'everything' })

  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
})

test('the largest files that are allowed take little of the processor', async () => {
  const { problems, write, userFile } = createPlace()
  const keys = Array.from({ length: 12_000 }, (_, index) => index.toString(36)).join(',')
  for (const content of [
    `{${keys}}`,
    '- '.repeat(32_000),
    '? '.repeat(32_000),
    bomb,
    'a: *b\n'.repeat(10_000),
  ]) {
    write(userFile, content)
    const before = process.cpuUsage()
    await problems()
    // Time on the clock says as much of the machine. What grows with the square takes minutes here.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(5000)
  }
})

test('an anchor that is used as intended works', async () => {
  const { load, write, userFile } = createPlace()
  write(userFile, 'recall:\n  weights:\n    prose: &w { vector: 0.5 }\n    code: *w\n')
  const { config } = await load({ tolerate: 'nothing' })

  expect(config.recall.weights.code.vector).toBe(0.5)
  expect(config.recall.weights.code.message).toBe(0.5)
})

test('a file that cannot be read says why', async () => {
  const { problems, root, write, userFile, repositoryFile } = createPlace()
  mkdirSync(join(root, 'folder'))
  symlinkSync(join(root, 'nothing'), join(root, 'dangling'))
  symlinkSync(join(root, 'loop'), join(root, 'loop'))
  write(userFile, '')
  execFileSync('sh', ['-c', 'mkfifo "$0"', join(root, 'pipe')])
  const found = []
  for (const name of ['folder', 'dangling', 'loop', 'pipe', 'config.yaml/x']) {
    found.push(await problems({ userFile: join(root, name), repositoryFile }))
  }
  found.push(await problems({ userFile: '/dev/zero' }))

  expect(found.join('\n')).toMatchInlineSnapshot(`
    "config.unreadable
    /folder is not a file.
    config.unreadable
    /dangling is a link to a file that does not exist.
    config.unreadable
    /loop is a link that leads back to itself.
    config.unreadable
    /pipe is not a file.
    config.unreadable
    /config.yaml/x lies below something that is not a folder.
    config.unreadable
    /dev/zero is not a file."
  `)
})

test.skipIf(process.getuid?.() === 0)('a file that may not be read says so', async () => {
  const { problems, write, userFile } = createPlace()
  write(userFile, '', 0o000)

  expect(await problems()).toBe('config.unreadable\n/config.yaml may not be read by you.')
})

test('a link in a repository may lead to a file inside it, and nowhere else', async () => {
  const { load, problems, root, write, repositoryFile } = createPlace()
  write(join(root, 'repository', 'inside.yaml'), 'recall:\n  limit: 3\n')
  symlinkSync('inside.yaml', repositoryFile)
  expect((await load({ tolerate: 'nothing' })).config.recall.limit).toBe(3)

  const other = createPlace()
  write(join(other.root, 'secret'), 'password: hunter2\n')
  symlinkSync('../secret', other.repositoryFile)
  expect(await problems({ repositoryFile: other.repositoryFile })).not.toContain('hunter2')
  expect(await other.problems()).toMatchInlineSnapshot(`
    "config.invalid
    /repository/.aiosrc.yaml: The file is a link that leads out of the repository; put a file in its place."
  `)
})

test('the user’s file may be a link to anywhere', async () => {
  const { load, root, write, userFile } = createPlace()
  const other = createPlace()
  write(join(other.root, 'dotfile'), 'recall:\n  limit: 3\n')
  symlinkSync(join(other.root, 'dotfile'), userFile)

  expect((await load()).config.recall.limit).toBe(3)
  expect(root).not.toBe(other.root)
})
