import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  forever,
  manifest,
  newFolder,
  openWorkshop,
  oid,
  staged,
  writePlugin,
  type Workshop,
} from '../unit/plugins/workshop.ts'

const telling = (message: string) =>
  `export default () => ({ decision: 'allow', findings: [{ message: '${message}', severity: 'info' }] })`

async function said({ bus }: Workshop, data = staged()): Promise<string[]> {
  return (await bus.run('pre-commit', data, forever)).findings.map(({ message }) => message)
}

async function approve({ plugins }: Workshop, id: string, repository?: string) {
  const { plugin } = await plugins.request({ plugin: id, repository })
  return plugins.approve({ plugin: id, repository, hash: plugin.hash })
}

test('a plugin that comes with a clone asks, and does not run', async () => {
  const workshop = openWorkshop()
  writePlugin(workshop.repositoryFolder, 'tides', {
    'plugin.json': manifest('tides'),
    'handler.js': telling('mine'),
  })
  await workshop.plugins.reload()

  expect(await workshop.plugins.list('tide-1')).toMatchObject({
    items: [{ origin: 'repository', state: 'unapproved' }],
  })
  expect(await said(workshop)).toEqual([])
})

test('an approval in one repository is none in another with the same bytes', async () => {
  const other = newFolder()
  const workshop = openWorkshop(
    { repositoryOf: async (name) => name },
    {
      places: () => [
        { origin: 'repository', repository: 'tide-1', path: join(other, 'one') },
        { origin: 'repository', repository: 'tide-2', path: join(other, 'two') },
      ],
    },
  )
  const files = { 'plugin.json': manifest('tides'), 'handler.js': telling('here') }
  for (const name of ['one', 'two']) writePlugin(join(other, name), 'tides', files)
  await approve(workshop, 'tides', 'tide-1')

  expect(await said(workshop)).toEqual(['here'])
  expect(await said(workshop, { ...staged(), repository: 'tide-2' })).toEqual([])
  expect(await workshop.plugins.list('tide-2')).toMatchObject({ items: [{ state: 'unapproved' }] })
})

test('a plugin of a repository hears nothing of others', async () => {
  const workshop = openWorkshop({ repositoryOf: async (name) => name })
  writePlugin(workshop.repositoryFolder, 'tides', {
    'plugin.json': manifest('tides'),
    'handler.js': telling('heard'),
  })
  await approve(workshop, 'tides', 'tide-1')

  expect(await said(workshop)).toEqual(['heard'])
  expect(await said(workshop, { ...staged(), repository: 'secret-1' })).toEqual([])
})

test('a file that is swapped between looking and approving is not approved', async () => {
  const workshop = openWorkshop()
  const folder = writePlugin(workshop.userFolder, 'tides', {
    'plugin.json': manifest('tides'),
    'handler.js': telling('shown'),
  })
  const { plugin } = await workshop.plugins.request({ plugin: 'tides' })
  writeFileSync(join(folder, 'handler.js'), telling('swapped'))

  await expect(workshop.plugins.approve({ plugin: 'tides', hash: plugin.hash })).rejects.toMatchObject({
    code: 'plugin.changed',
  })
  expect(workshop.journal.plugins.approvals()).toEqual([])
  expect(await said(workshop)).toEqual([])
})

test('a file that is swapped after approval never runs, whether or not anybody has noticed', async () => {
  const workshop = openWorkshop()
  const folder = writePlugin(workshop.userFolder, 'tides', {
    'plugin.json': manifest('tides'),
    'handler.js': telling('approved'),
  })
  await approve(workshop, 'tides')
  writeFileSync(join(folder, 'handler.js'), telling('swapped'))

  expect(await said(workshop), 'nobody noticed: the bytes that were approved').toEqual(['approved'])
  await workshop.plugins.reload()
  expect(await said(workshop), 'noticed: nothing').toEqual([])
  expect(await workshop.plugins.list()).toMatchObject({ items: [{ state: 'changed' }] })
})

test.each(['a byte', 'a file', 'a name', 'a line of text'])(
  '%s more or less ends an approval',
  async (what) => {
    const workshop = openWorkshop()
    const files = { 'plugin.json': manifest('tides'), 'handler.js': telling('x'), 'README.md': 'a' }
    const folder = writePlugin(workshop.userFolder, 'tides', files)
    await approve(workshop, 'tides')
    if (what === 'a byte') writeFileSync(join(folder, 'handler.js'), `${telling('x')} `)
    if (what === 'a file') writeFileSync(join(folder, 'more.js'), '')
    if (what === 'a name') renameSync(join(folder, 'README.md'), join(folder, 'README.txt'))
    if (what === 'a line of text') writeFileSync(join(folder, 'README.md'), 'b')

    expect(await workshop.plugins.list()).toMatchObject({ items: [{ state: 'changed' }] })
    await expect(workshop.plugins.enable({ plugin: 'tides' })).rejects.toMatchObject({
      code: 'plugin.unapproved',
    })
  },
)

test('permissions that an update widens are shown, and are not had until they are approved', async () => {
  const workshop = openWorkshop()
  const source = `export default async (ctx) => {
    const message = await ctx.git.readBlob('${oid}').then(({ text }) => text, (error) => error.message)
    return { decision: 'allow', findings: [{ message, severity: 'info' }] }
  }`
  const write = (version: string, permissions: readonly unknown[]) =>
    writePlugin(workshop.userFolder, 'tides', {
      'plugin.json': manifest('tides', { version, permissions }),
      'handler.js': source,
    })
  write('1.0.0', ['kv'])
  await approve(workshop, 'tides')
  expect(await said(workshop)).toEqual(['plugin.refused: git.readBlob needs the permission git:read.'])

  write('1.1.0', ['kv', 'git:read', { name: 'network:fetch', hosts: ['evil.example'] }])
  expect(await workshop.plugins.request({ plugin: 'tides' })).toMatchObject({
    plugin: { state: 'changed', granted: [] },
    approval: { version: '1.0.0' },
    difference: {
      added: ['git:read', 'network:fetch GET evil.example', 'network:fetch HEAD evil.example'],
      kept: ['kv'],
      removed: [],
    },
  })
  expect(await said(workshop)).toEqual([])
  await approve(workshop, 'tides')
  expect(await said(workshop)).toEqual(['The tide turns.\n'])
})

test('a permission without a scope is not given, and means nothing by itself', async () => {
  const workshop = openWorkshop()
  const source = `export default async (ctx) => {
    const read = (path) => ctx.files.read(path).then((file) => file?.text ?? 'absent', () => 'refused')
    const message = [await read('src/tide.ts'), await read('tide.md')].join(' ')
    return { decision: 'allow', findings: [{ message, severity: 'info' }] }
  }`
  writePlugin(workshop.userFolder, 'tides', {
    'plugin.json': manifest('tides', { permissions: ['file:read'] }),
    'handler.js': source,
  })
  mkdirSync(join(workshop.worktree, 'src'))
  for (const path of ['src/tide.ts', 'tide.md']) writeFileSync(join(workshop.worktree, path), 'text')

  await expect(approve(workshop, 'tides')).rejects.toMatchObject({ code: 'plugin.scope-needed' })
  const { plugin } = await workshop.plugins.request({ plugin: 'tides' })
  const scopes = [{ name: 'file:read' as const, paths: ['src/**'] }]
  await expect(
    workshop.plugins.approve({ plugin: 'tides', hash: plugin.hash, scopes: [{ name: 'kv' }] }),
    'a scope for what it does not ask for gives nothing',
  ).rejects.toMatchObject({ code: 'plugin.invalid' })
  await workshop.plugins.approve({ plugin: 'tides', hash: plugin.hash, scopes })
  expect(await said(workshop)).toEqual(['text refused'])
})

test('a clone cannot take the place of a plugin of the user, or of one that came with aios', async () => {
  const workshop = openWorkshop()
  writePlugin(workshop.bundledFolder, 'ours', {
    'plugin.json': manifest('ours'),
    'handler.js': telling('ours'),
  })
  writePlugin(workshop.userFolder, 'mine', { 'plugin.json': manifest('mine'), 'handler.js': telling('mine') })
  await approve(workshop, 'mine')
  for (const id of ['ours', 'mine'])
    writePlugin(workshop.repositoryFolder, id, {
      'plugin.json': manifest(id),
      'handler.js': telling('theirs'),
    })
  await workshop.plugins.reload()

  expect((await said(workshop)).toSorted()).toEqual(['mine', 'ours'])
  const { items } = await workshop.plugins.list()
  expect(items.filter(({ origin }) => origin === 'repository').map(({ state }) => state)).toEqual([
    'broken',
    'broken',
  ])
  await expect(workshop.plugins.add(join(workshop.repositoryFolder, 'ours'))).rejects.toMatchObject({
    code: 'plugin.duplicate',
  })
})

test.each(['.aios', 'plugins', 'tides'])(
  'a link in place of %s shows nothing of what lies elsewhere',
  async (name) => {
    const workshop = openWorkshop()
    const elsewhere = newFolder()
    writePlugin(join(elsewhere, 'plugins'), 'tides', { 'plugin.json': manifest('tides') })
    const target =
      { '.aios': elsewhere, plugins: join(elsewhere, 'plugins'), tides: join(elsewhere, 'plugins', 'tides') }[
        name
      ] ?? ''
    const link = { '.aios': '.aios', plugins: '.aios/plugins', tides: '.aios/plugins/tides' }[name] ?? ''
    rmSync(join(workshop.worktree, link), { recursive: true, force: true })
    symlinkSync(target, join(workshop.worktree, link))
    const { items } = await workshop.plugins.list()

    expect(items.filter(({ state }) => state !== 'broken')).toEqual([])
    for (const item of items) expect(item.problem).toContain('is a link')
  },
)

test('what a plugin is told of a failing host, and what it says itself, is one plain line without places', async () => {
  const workshop = openWorkshop({
    readBlob: () => Promise.reject(new Error("EACCES: permission denied, open '/home/ada/.ssh/id_rsa'")),
  })
  const source = `export default async (ctx) => {
    const told = await ctx.git.readBlob('${oid}').catch((error) => error.message)
    throw new Error(told + '\\u001b[2J\\nsecond line')
  }`
  writePlugin(workshop.userFolder, 'tides', {
    'plugin.json': manifest('tides', { permissions: ['git:read'] }),
    'handler.js': source,
  })
  await approve(workshop, 'tides')
  const { results } = await workshop.bus.run('pre-commit', staged(), forever)

  expect(results).toMatchObject([
    { status: 'failed', message: 'Error: The host could not answer. second line' },
  ])
})

test('a plugin cannot ask for more than it was given: unknown calls, wrong arguments, floods, full shelves', async () => {
  const workshop = openWorkshop()
  const source = `export default async (ctx) => {
    const tell = (promise) => promise.then(() => 'answered', (error) => error.message)
    const messages = [
      await tell(ctx.git.readBlob('--batch-all-objects')),
      await tell(ctx.git.readBlob('HEAD:.env')),
      await tell(ctx.memory.query('approve', {})),
      await tell(ctx.kv.set('key', 'x'.repeat(70000))),
      await tell(ctx.kv.set('__proto__', { polluted: true })),
    ]
    for (let count = 0; count < 601; count += 1) messages[5] = await tell(ctx.kv.delete('none'))
    return { decision: 'allow', findings: messages.map((message) => ({ message, severity: 'info' })) }
  }`
  const permissions = ['git:read', 'memory:read', 'kv']
  writePlugin(workshop.userFolder, 'tides', {
    'plugin.json': manifest('tides', { permissions }),
    'handler.js': source,
  })
  await approve(workshop, 'tides')

  expect(await said(workshop)).toEqual([
    expect.stringContaining('plugin.refused'),
    expect.stringContaining('plugin.refused'),
    expect.stringContaining('plugin.refused'),
    expect.stringContaining('plugin.limit'),
    'answered',
    'plugin.limit: kv.delete is asked more than 600 times a minute.',
  ])
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
})
