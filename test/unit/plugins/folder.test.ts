import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AiosError } from '../../../contract/errors.ts'
import { readPluginFolder } from '../../../plugins/folder.ts'
import { forever, manifest, newFolder, writePlugin, type PluginFiles } from './workshop.ts'

function read(files: PluginFiles) {
  return readPluginFolder(writePlugin(newFolder(), 'tides', files), forever)
}

async function refusalOf(files: PluginFiles): Promise<string> {
  const error = await read(files).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(AiosError)
  expect(error).toMatchObject({ code: 'plugin.invalid' })
  return error instanceof AiosError ? error.message.replace(/.*\/plugin\.(?:json|yaml)/, 'plugin') : ''
}

test('a plugin is its manifest, its scripts and a hash of every byte', async () => {
  const {
    manifest: read1,
    hash,
    sources,
  } = await read({ 'plugin.json': manifest('tides'), 'notes.md': 'hello' })
  const { hash: other } = await read({ 'plugin.json': manifest('tides'), 'notes.md': 'hello!' })

  expect(read1).toMatchObject({ id: 'tides', handlers: [{ hook: 'pre-commit', file: 'handler.js' }] })
  expect(Object.keys(sources)).toEqual(['handler.js'])
  expect(hash).toMatch(/^[0-9a-f]{64}$/)
  expect(other).not.toBe(hash)
})

test('a name is hashed as well as the bytes, and so is where one file ends and the next begins', async () => {
  const one = await read({ 'plugin.json': manifest('tides'), 'a.md': 'b', 'c.md': '' })
  const other = await read({ 'plugin.json': manifest('tides'), 'a.md': 'bc.md' })
  const renamed = await read({ 'plugin.json': manifest('tides'), 'b.md': 'b', 'c.md': '' })

  expect(new Set([one.hash, other.hash, renamed.hash]).size).toBe(3)
})

test('the short and the long form of a manifest, in JSON and in YAML, say the same', async () => {
  const parts = { hooks: { 'pre-commit': 'handler.js' }, permissions: ['kv'] }
  const short = await read({ 'plugin.json': manifest('tides', parts) })
  const long = await read({
    'plugin.yaml':
      'id: tides\nname: tides\nversion: 1.0.0\nmain: handler.js\nhooks:\n  pre-commit: {}\npermissions:\n  - name: kv\n',
  })

  expect(long.manifest).toEqual(short.manifest)
})

test.each<[string, object, string]>([
  ['a wrong type', { version: 1 }, 'plugin:1:'],
  ['a version that is none', { version: '1.0.0.0' }, 'version must be like 1.2.3'],
  ['an unknown member', { permision: [] }, 'permision is not known. Did you mean permissions?'],
  ['an unknown permission', { permissions: ['memory:raed'] }, 'Did you mean memory:read?'],
  ['an unknown long permission', { permissions: [{ name: 'disk' }] }, 'permissions[0].name must be one of'],
  ['a permission twice', { permissions: ['kv', { name: 'kv' }] }, 'kv is asked for twice'],
  ['hosts for files', { permissions: [{ name: 'file:read', hosts: ['a.b'] }] }, 'file:read takes no hosts'],
  [
    'a host that is an address',
    { permissions: [{ name: 'network:fetch', hosts: ['http://a'] }] },
    'of the right form',
  ],
  [
    'an unknown hook',
    { hooks: { 'pre-comit': 'handler.js' } },
    'There is no hook "pre-comit". Did you mean pre-commit?',
  ],
  ['no hooks', { hooks: {} }, 'too few'],
  [
    'a handler that is missing',
    { hooks: { 'pre-commit': 'absent.js' } },
    'absent.js, which handles pre-commit, is not in',
  ],
  ['a handler outside', { hooks: { 'pre-commit': '../handler.js' } }, 'must be a file inside'],
  ['an absolute handler', { hooks: { 'pre-commit': '/etc/handler.js' } }, 'must be a file inside'],
  ['a main outside', { main: 'lib/../../main.js' }, 'must be a file inside'],
  ['a main with backslashes', { main: '..\\main.js' }, 'must be a file inside'],
  ['a range that is none', { dependencies: { other: 'newest' } }, 'dependencies.other must be a range'],
  [
    'settings with a pattern',
    { config: { properties: { a: { type: 'string', pattern: '(a+)+$' } } } },
    'says pattern',
  ],
  [
    'settings with a wrong default',
    { config: { properties: { a: { type: 'integer', default: 'x' } } } },
    'must be of type',
  ],
  ['too much memory', { limits: { memoryMb: 100_000 } }, 'limits.memoryMb must be'],
])('%s is refused, with its place and what to do', async (_what, parts, message) => {
  expect(await refusalOf({ 'plugin.json': manifest('tides', parts) })).toContain(message)
})

test('a mistake is named with its line and column', async () => {
  const text =
    '{\n  "id": "tides",\n  "name": "Tides",\n  "version": "1.0.0",\n  "hooks": { "pre-comit": "handler.js" }\n}'
  expect(await refusalOf({ 'plugin.json': text })).toMatch(/^plugin:5:14: There is no hook/)
})

test.each([
  ['no object', '[]'],
  ['no JSON', '{"id": '],
  ['an alias', 'a: &a [1]\nid: *a\n'],
  ['a name twice', '{"id": "one", "id": "two"}'],
  ['a prototype', '{"id": "tides", "__proto__": {"polluted": true}}'],
  ['depth', `{"config": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
])('a manifest with %s is refused', async (_what, text) => {
  expect(await refusalOf({ 'plugin.yaml': text })).toMatch(/\w/)
})

test.each(['plugin.json', 'handler.js', 'lib'])('a link in place of %s is refused', async (name) => {
  const folder = writePlugin(newFolder(), 'tides', { 'plugin.json': manifest('tides'), 'lib/index.js': '' })
  const elsewhere = join(newFolder(), 'target')
  renameSync(join(folder, name), elsewhere)
  symlinkSync(elsewhere, join(folder, name))

  await expect(readPluginFolder(folder, forever)).rejects.toThrow('is a link')
})

test('a folder that is a link is refused', async () => {
  const folder = writePlugin(newFolder(), 'tides', { 'plugin.json': manifest('tides') })
  const link = join(newFolder(), 'tides')
  symlinkSync(folder, link)

  await expect(readPluginFolder(link, forever)).rejects.toThrow('is a link')
})

test('15 MB of source are refused before they are read', async () => {
  expect(await refusalOf({ 'plugin.json': manifest('tides'), 'big.js': 'x'.repeat(15_000_000) })).toContain(
    '4 MiB',
  )
})

test('a thousand files are refused', async () => {
  const files = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`lib/${index}.js`, '']))
  expect(await refusalOf({ 'plugin.json': manifest('tides'), ...files })).toContain('more than 200 files')
})

test('what begins with a dot is no part of a plugin', async () => {
  const folder = writePlugin(newFolder(), 'tides', { 'plugin.json': manifest('tides') })
  const { hash } = await readPluginFolder(folder, forever)
  mkdirSync(join(folder, '.git'))
  writeFileSync(join(folder, '.git', 'config'), 'secret')

  expect(await readPluginFolder(folder, forever)).toMatchObject({ hash })
})
