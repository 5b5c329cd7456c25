import { existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ConfigFile } from '../../../daemon/config-file.ts'
import { setConfig } from '../../../daemon/config-set.ts'
import { createPlace } from './config-place.ts'

const user = (path: string): ConfigFile => ({ path, scope: 'user' })
const repository = (path: string): ConfigFile => ({ path, scope: 'repository' })

/** Each: what stands there, what is set, what stands there afterwards. */
const changes: readonly (readonly [string, string, string, string, string])[] = [
  ['nothing', '', 'recall.limit', '7', 'recall:\n  limit: 7\n'],
  ['a comment', '# mine', 'recall.limit', '7', '# mine\nrecall:\n  limit: 7\n'],
  ['a value', 'recall:\n   limit:   5  # few\n', 'recall.limit', '7', 'recall:\n   limit:   7  # few\n'],
  ['a value in quotes', 'recall: {"limit": "5"}', 'recall.limit', '7', 'recall: {"limit": 7}'],
  ['no value', 'recall:\n  limit:\n', 'recall.limit', '7', 'recall:\n  limit: 7\n'],
  ['an empty section', 'recall: # all\n\n# end', 'recall.limit', '7', 'recall: # all\n  limit: 7\n\n# end'],
  [
    'an emptied section',
    'recall: {}\n',
    'recall.weights.prose.paths',
    '1',
    'recall: {weights: {prose: {paths: 1}}}\n',
  ],
  [
    'an empty section inside',
    'recall:\n  weights:\n  limit: 5\n',
    'recall.weights.code.terms',
    '2',
    'recall:\n  weights:\n    code:\n      terms: 2\n  limit: 5\n',
  ],
  ['null', 'recall: ~ # none\n', 'recall.limit', '7', 'recall: {limit: 7} # none\n'],
  [
    'a section',
    'recall:\n    abstainBelow: 0.2 # low\n\n# next\ncontext:\n',
    'recall.limit',
    '7',
    'recall:\n    abstainBelow: 0.2 # low\n    limit: 7\n\n# next\ncontext:\n',
  ],
  [
    'a deeper section',
    'recall:\n  weights:\n    prose:\n      message: 1\n',
    'recall.weights.code.terms',
    '2',
    'recall:\n  weights:\n    prose:\n      message: 1\n    code:\n      terms: 2\n',
  ],
  [
    'no last line end',
    'recall:\n  limit: 5',
    'recall.abstainBelow',
    '0.5',
    'recall:\n  limit: 5\n  abstainBelow: 0.5\n',
  ],
  [
    'CRLF',
    'recall:\r\n  limit: 5\r\n',
    'context.budget',
    '500',
    'recall:\r\n  limit: 5\r\ncontext:\r\n  budget: 500\r\n',
  ],
  ['a byte order mark', '\uFEFFrecall:\n  limit: 5\n', 'recall.limit', '7', '\uFEFFrecall:\n  limit: 7\n'],
  [
    'a document marked as one',
    '---\nrecall:\n  limit: 5\n...\n',
    'context.budget',
    '500',
    '---\nrecall:\n  limit: 5\ncontext:\n  budget: 500\n...\n',
  ],
  ['a wrong value', 'recall:\n  limit: many\n', 'recall.limit', '7', 'recall:\n  limit: 7\n'],
  [
    'brackets',
    '{recall: {limit: 5,}}',
    'recall.abstainBelow',
    '0.5',
    '{recall: {limit: 5, abstainBelow: 0.5,}}',
  ],
  [
    'a block text',
    'recall:\n  limit: >-\n    5\ncontext:\n',
    'recall.limit',
    '7',
    'recall:\n  limit: 7\ncontext:\n',
  ],
  ['an anchor', 'recall:\n  limit: &l 5\n', 'recall.limit', '7', 'recall:\n  limit: &l 7\n'],
]

test.each(changes)(
  'with %s in the file only the setting changes',
  async (_name, before, key, value, after) => {
    const { write, read, userFile } = createPlace()
    write(userFile, before)
    await setConfig(user(userFile), key, value)

    expect(read(userFile)).toBe(after)
  },
)

test.each([
  [
    'a value',
    'recall:\n  limit: 5 # few\n  abstainBelow: 0.2 # low\n',
    'recall:\n  abstainBelow: 0.2 # low\n',
  ],
  ['the last value', 'recall:\n  # mine\n  limit: 5', 'recall:\n  # mine\n'],
  ['CRLF', 'recall:\r\n  limit: 5\r\ncontext:\r\n', 'recall:\r\ncontext:\r\n'],
  ['a block text', 'recall:\n  limit: >-\n    5\n\ncontext:\n', 'recall:\n\ncontext:\n'],
  ['a wrong value', 'recall:\n  limit: many\n', 'recall:\n'],
  ['an empty file', '', ''],
  ['nothing of it', 'context:\n  budget: 500\n', 'context:\n  budget: 500\n'],
])('with %s in the file only the setting is taken out', async (_name, before, after) => {
  const { write, read, userFile } = createPlace()
  write(userFile, before)
  await setConfig(user(userFile), 'recall.limit', undefined)

  expect(read(userFile)).toBe(after)
})

test.each(['recall: {limit: 5}\n', 'recall:\n  limit: &l 5\ncontext:\n  budget: *l\n'])(
  'what cannot be taken out of %j alone is refused',
  async (before) => {
    const { write, read, userFile } = createPlace()
    write(userFile, before)
    await expect(setConfig(user(userFile), 'recall.limit', undefined)).rejects.toThrow(/.yaml/)
    expect(read(userFile)).toBe(before)
  },
)

const lines = 'ingest:\n  excludePaths:\n    - a # x\n    - b # y\n    # z\n    - c\n  excludeRefs: [r]\n'

test.each([
  ['[a, b, c, d]', lines.replace('- c\n', '- c\n    - d\n')],
  ['["*", a, b, c]', lines.replace('- a', "- '*'\n    - a")],
  ['[a, n, b, c]', lines.replace('- b', '- n\n    - b')],
  ['[a, n, c]', lines.replace('- b # y', '- n')],
  ['[a, c]', lines.replace('    - b # y\n', '')],
  ['[b, c]', lines.replace('    - a # x\n', '')],
  ['[a, b]', lines.replace('    - c\n', '')],
  ['[a, b, c]', lines],
  ['[]', 'ingest:\n  excludePaths:\n      []\n  excludeRefs: [r]\n'],
  ["['true', \"it's\"]", "ingest:\n  excludePaths:\n    - 'true'\n    - 'it''s'\n  excludeRefs: [r]\n"],
])('a list becomes %s and keeps the comments of what stays', async (value, after) => {
  const { write, read, userFile } = createPlace()
  write(userFile, lines)
  await setConfig(user(userFile), 'ingest.excludePaths', value)

  expect(read(userFile)).toBe(after)
})

test('a new file of the user is the user’s alone, and its folder is made', async () => {
  const { root, modeOf, read } = createPlace()
  const path = join(root, 'new', 'config.yaml')
  await setConfig(user(path), 'daemon.logLevel', 'debug')

  expect(read(path)).toBe('daemon:\n  logLevel: debug\n')
  expect(modeOf(path)).toBe('600')
  expect(modeOf(join(root, 'new'))).toBe('700')
})

test('a file keeps its mode, and a link stays a link', async () => {
  const { root, write, modeOf, read, userFile } = createPlace()
  mkdirSync(join(root, 'dotfiles'))
  write(join(root, 'dotfiles', 'aios'), 'recall:\n  limit: 5\n', 0o640)
  symlinkSync('dotfiles/aios', userFile)
  await setConfig(user(userFile), 'recall.limit', '7')

  expect(lstatSync(userFile).isSymbolicLink()).toBe(true)
  expect(read(userFile)).toBe('recall:\n  limit: 7\n')
  expect(modeOf(userFile)).toBe('640')
  expect(readdirSync(join(root, 'dotfiles'))).toEqual(['aios'])
})

test('many changes at once are all kept', async () => {
  const { load, userFile } = createPlace()
  const kinds = ['prose', 'code', 'path', 'diff']
  const signals = ['message', 'paths', 'terms', 'vector']
  const keys = kinds.flatMap((kind) => signals.map((signal) => `recall.weights.${kind}.${signal}`))
  await Promise.all(keys.map((key) => setConfig(user(userFile), key, '9')))

  const { origins } = await load()
  expect(keys.filter((key) => origins.get(key) === 'default')).toEqual([])
})

const refused: readonly (readonly [string, string, string, string])[] = [
  ['a name that is none', '', 'recall.limt', '7'],
  ['a section', '', 'recall', '7'],
  ['a prototype', '', '__proto__.limit', '7'],
  ['a value that is wrong', '', 'recall.limit', '900'],
  ['a value that is no YAML', '', 'recall.limit', '[7'],
  ['no value', '', 'recall.limit', ''],
  ['two lines', '', 'recall.limit', '7\nabstainBelow: 3'],
  ['a file that is wrong elsewhere', 'recall:\n  limit: 5\ncontext:\n  budget: no\n', 'recall.limit', '7'],
  ['a file that is no YAML', 'recall: [\n', 'recall.limit', '7'],
  ['a shared anchor', 'recall:\n  limit: &n 5\nrelated:\n  minimumSupport: *n\n', 'recall.limit', '7'],
  [
    'a shared section',
    'recall:\n  weights:\n    prose: &w {}\n    code: *w\n',
    'recall.weights.code.terms',
    '1',
  ],
  ['a full file', `#${'x'.repeat(64 * 1024 - 5)}\n`, 'recall.limit', '7'],
]

test('what cannot be done is refused, and the file stays', async () => {
  const messages = []
  for (const [name, before, key, value] of refused) {
    const { root, write, read, userFile } = createPlace()
    write(userFile, before)
    const error: unknown = await setConfig(user(userFile), key, value).catch((cause: unknown) => cause)
    messages.push(`${name}: ${error instanceof Error ? error.message.replaceAll(root, '') : 'done'}`)
    expect(read(userFile)).toBe(before)
    expect(readdirSync(root).toSorted()).toEqual(['config.yaml', 'repository'])
  }

  expect(messages.join('\n')).toMatchInlineSnapshot(`
    "a name that is none: "recall.limt" is not a setting. Did you mean recall.limit?
    a section: "recall" is not a setting. It is a section; name a setting in it, such as recall.limit.
    a prototype: "__proto__.limit" is not a setting.
    a value that is wrong: The new value: recall.limit must be a whole number from 1 to 200; found 900.
    a value that is no YAML: The new value: recall.limit cannot be set to "[7". Something is missing: a closing quote or bracket, a comma, or a space behind a colon.
    no value: The new value: recall.limit must be a whole number from 1 to 200; found nothing.
    two lines: The new value: recall.limit cannot be set to "7\\u{a}abstainBelow: 3". A key must stand on one line and end with a colon.
    a file that is wrong elsewhere: /config.yaml:4:11: context.budget must be a whole number from 100 to 100000; found the text "no".
    a file that is no YAML: /config.yaml:2:1: The indentation does not fit, or a bracket is not closed.
    a shared anchor: recall.limit cannot be changed in /config.yaml without changing something else there; edit the file by hand.
    a shared section: recall.weights.code.terms cannot be changed in /config.yaml without changing something else there; edit the file by hand.
    a full file: /config.yaml would be larger than 64 KiB."
  `)
})

test('a repository’s file takes what a repository may set, and nothing else', async () => {
  const { load, modeOf, repositoryFile } = createPlace()
  await expect(setConfig(repository(repositoryFile), 'embedder.seed', '3')).rejects.toMatchObject({
    code: 'config.forbidden',
    message: `embedder.seed may be set in your own file only, not in ${repositoryFile}.`,
  })
  expect(existsSync(repositoryFile)).toBe(false)

  await setConfig(repository(repositoryFile), 'recall.limit', '3')
  expect((await load()).config.recall.limit).toBe(3)
  expect(modeOf(repositoryFile)).toMatch(/^6[04][04]$/)
})

test('a link out of the repository is not followed', async () => {
  const { root, write, read, repositoryFile } = createPlace()
  write(join(root, 'other.yaml'), 'recall:\n  limit: 3\n')
  symlinkSync('../other.yaml', repositoryFile)

  await expect(setConfig(repository(repositoryFile), 'recall.limit', '4')).rejects.toThrow('leads out')
  expect(read(join(root, 'other.yaml'))).toBe('recall:\n  limit: 3\n')
})

test('a file that cannot be written says so', async () => {
  const { root, write, userFile } = createPlace()
  const long = join(root, 'x'.repeat(250))
  await expect(setConfig(user(long), 'recall.limit', '4')).rejects.toMatchObject({
    code: 'state.unwritable',
    message: `${long} cannot be written (ENAMETOOLONG).`,
  })

  write(userFile, '')
  await expect(setConfig(user(join(userFile, 'x')), 'recall.limit', '4')).rejects.toMatchObject({
    code: 'config.unreadable',
  })
})
