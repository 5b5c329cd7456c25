import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  forever,
  manifest,
  openWorkshop,
  staged,
  writePlugin,
  type PluginFiles,
  type Workshop,
} from './workshop.ts'

const denying = `export default () => ({ decision: 'deny', findings: [{ message: 'no', severity: 'error' }] })`

/** Puts a plugin into the user's folder and approves what is there. */
async function approved({ plugins, userFolder }: Workshop, id: string, files: PluginFiles, scopes = []) {
  writePlugin(userFolder, id, files)
  const { plugin } = await plugins.request({ plugin: id })
  return plugins.approve({ plugin: id, hash: plugin.hash, scopes })
}

function stateOf({ plugins }: Workshop, id: string) {
  return plugins.list().then(({ items }) => items.find((item) => item.id === id))
}

test('a plugin runs once it is approved, first only telling what it would refuse', async () => {
  const workshop = openWorkshop()
  writePlugin(workshop.userFolder, 'tides', { 'plugin.json': manifest('tides'), 'handler.js': denying })
  await workshop.plugins.reload()
  expect(await workshop.bus.run('pre-commit', staged(), forever)).toMatchObject({
    decision: 'allow',
    results: [],
  })

  const { plugin } = await workshop.plugins.request({ plugin: 'tides' })
  expect(plugin).toMatchObject({ state: 'unapproved', mode: 'shadow' })
  await workshop.plugins.approve({ plugin: 'tides', hash: plugin.hash.slice(0, 12) })

  expect(await workshop.bus.run('pre-commit', staged(), forever)).toMatchObject({
    decision: 'allow',
    findings: [{ message: 'no', listener: 'tides', shadow: true }],
    results: [{ status: 'ok', decision: 'deny', shadow: true }],
  })
})

test('a plugin on a schedule is asked of it, and one that waits for a schedule there is not says so', async () => {
  const schedules = ['daily']
  const workshop = openWorkshop({}, { schedules: () => schedules })
  const hooks = { 'schedule:daily': 'handler.js', 'schedule:nightly': 'handler.js' }
  const handler = `export default (ctx) => ctx.log('info', JSON.stringify(ctx.event))`
  const files = { 'plugin.json': manifest('tides', { hooks }), 'handler.js': handler }
  const { plugin } = await approved(workshop, 'tides', files)

  expect(plugin.state).toBe('active')
  expect(plugin.problem).toContain('there is no schedule nightly')
  expect(plugin.problem).toContain('aios config set schedules.nightly "0 4 * * *"')
  expect(plugin.problem).not.toContain('daily')
  const event = { repository: 'tide-1', name: 'daily', due: '2024-05-01T04:00:00.000Z', isLate: true }
  const { results } = await workshop.bus.run('schedule:daily', event, forever)
  expect(results).toMatchObject([{ listener: 'tides', status: 'ok' }])
  const said = await workshop.plugins.logs({ plugin: 'tides' }, 10)
  expect(said.map(({ text }) => text)).toContain(`info: ${JSON.stringify(event)}`)
  schedules.push('nightly')
  expect(await stateOf(workshop, 'tides')).not.toHaveProperty('problem')
})

test('a gate counts once its false blocks are known, or when its user wants it anyway', async () => {
  const workshop = openWorkshop()
  await approved(workshop, 'tides', { 'plugin.json': manifest('tides'), 'handler.js': denying })

  await expect(workshop.plugins.enable({ plugin: 'tides', mode: 'enforce' })).rejects.toMatchObject({
    code: 'plugin.unproven',
  })
  for (let count = 0; count < 20; count += 1) await workshop.bus.run('pre-commit', staged(), forever)
  await workshop.plugins.logs({ plugin: 'tides' }, 1)
  const status = await workshop.plugins.enable({ plugin: 'tides', mode: 'enforce' })

  expect(status).toMatchObject({ mode: 'enforce', shadow: { calls: 20, denials: 20, rate: 1 } })
  expect(await workshop.bus.run('pre-commit', staged(), forever)).toMatchObject({
    decision: 'deny',
    deniedBy: 'tides',
  })
})

test('a plugin that is disabled is not asked, and is when it is enabled again', async () => {
  const workshop = openWorkshop()
  await approved(workshop, 'tides', { 'plugin.json': manifest('tides') })
  const asked = async () => (await workshop.bus.run('pre-commit', staged(), forever)).results.length

  expect(await workshop.plugins.disable({ plugin: 'tides' })).toMatchObject({ state: 'disabled' })
  expect(await asked()).toBe(0)
  await workshop.plugins.enable({ plugin: 'tides' })
  expect(await asked()).toBe(1)
})

test('what is decided for one repository holds there and nowhere else', async () => {
  const port = { repositoryOf: async (name: string) => name }
  const workshop = openWorkshop(port)
  const config = { type: 'object', properties: { word: { type: 'string', default: 'sea' } } }
  const source = `export default (ctx) => ({ decision: 'allow', findings: [{ message: ctx.config.word, severity: 'info' }] })`
  await approved(workshop, 'tides', { 'plugin.json': manifest('tides', { config }), 'handler.js': source })
  await workshop.plugins.enable({
    plugin: 'tides',
    repository: 'tide-2',
    here: true,
    config: { word: 'moon' },
  })

  const said = async (repository: string) =>
    (await workshop.bus.run('pre-commit', { ...staged(), repository }, forever)).findings.map(
      ({ message }) => message,
    )
  expect(await said('tide-1')).toEqual(['sea'])
  expect(await said('tide-2')).toEqual(['moon'])
  await workshop.plugins.disable({ plugin: 'tides', repository: 'tide-2', here: true })
  expect(await said('tide-2')).toEqual([])
  expect(await said('tide-1')).toEqual(['sea'])

  const elsewhere = await workshop.plugins.disable({ plugin: 'tides', repository: 'tide-1' })
  expect(elsewhere).toMatchObject({ state: 'disabled' })
  expect(elsewhere.isDecidedHere, 'what holds for all repositories').toBeUndefined()
  const still = await workshop.plugins.enable({ plugin: 'tides', repository: 'tide-2' })
  expect(still, 'and leaves alone what was decided for one').toMatchObject({
    state: 'disabled',
    isDecidedHere: true,
  })
})

test('what is added to a list stands behind what was in it, once, and is refused where there is no list', async () => {
  const workshop = openWorkshop()
  const list = { type: 'array', items: { type: 'string' }, default: ['dist/'] }
  const config = { type: 'object', properties: { allow: list, word: { type: 'string', default: 'sea' } } }
  const source = `export default (ctx) => ({ decision: 'allow', findings: [{ message: ctx.config.allow.join(), severity: 'info' }] })`
  await approved(workshop, 'tides', { 'plugin.json': manifest('tides', { config }), 'handler.js': source })
  const add = (more: Record<string, string[]>) => workshop.plugins.enable({ plugin: 'tides', more })
  await add({ allow: ['a.md'] })
  await add({ allow: ['b.md', 'a.md'] })

  const { findings } = await workshop.bus.run('pre-commit', staged(), forever)
  expect(findings).toMatchObject([{ message: 'dist/,a.md,b.md' }])
  await expect(add({ word: ['moon'] })).rejects.toMatchObject({ code: 'plugin.invalid' })
  await expect(add({ alow: ['moon'] })).rejects.toThrow('Did you mean allow?')
})

test('settings that the plugin does not have are refused with the one that was meant', async () => {
  const workshop = openWorkshop()
  const config = { type: 'object', properties: { word: { type: 'string', default: 'sea' } } }
  await approved(workshop, 'tides', { 'plugin.json': manifest('tides', { config }) })

  await expect(workshop.plugins.enable({ plugin: 'tides', config: { wrod: 'x' } })).rejects.toThrow(
    'Did you mean word?',
  )
  await expect(workshop.plugins.enable({ plugin: 'tides', config: { word: 1 } })).rejects.toThrow(
    'must be of type string',
  )
})

test.each([
  ['a syntax error', 'export default ((', /SyntaxError|Unexpected/],
  ['a throw at load', 'throw new Error("at load")', /at load/],
  ['no default export', 'export const handle = 1', /handler\.js/],
  ['a missing import', 'import "./absent.js"; export default () => undefined', /absent/],
])('a plugin with %s is named when it is approved, and harms no other', async (_what, source, message) => {
  const workshop = openWorkshop()
  await approved(workshop, 'sound', { 'plugin.json': manifest('sound') })
  const bad = approved(workshop, 'broken', { 'plugin.json': manifest('broken'), 'handler.js': source })

  await expect(bad).rejects.toMatchObject({
    code: 'plugin.unloadable',
    message: expect.stringMatching(message),
  })
  expect(await stateOf(workshop, 'broken')).toMatchObject({
    state: 'broken',
    problem: expect.stringMatching(message),
  })
  const { results } = await workshop.bus.run('pre-commit', staged(), forever)
  expect(results.map(({ listener, status }) => [listener, status])).toEqual([
    ['broken', 'failed'],
    ['sound', 'ok'],
  ])
})

test.each([
  ['a wrong shape', 'export default () => ({ decision: "perhaps" })', 'decision'],
  ['an unknown member', 'export default () => ({ decision: "allow", veto: true })', 'veto'],
  ['a list', 'export default () => []', 'wrongly'],
])('an answer of %s is told and decides nothing', async (_what, source, part) => {
  const workshop = openWorkshop()
  await approved(workshop, 'tides', { 'plugin.json': manifest('tides'), 'handler.js': source })
  const { decision, results } = await workshop.bus.run('pre-commit', staged(), forever)

  expect(decision).toBe('allow')
  expect(results).toMatchObject([{ status: 'failed', message: expect.stringContaining(part) }])
})

test('of two plugins with one id in one place neither runs', async () => {
  const workshop = openWorkshop()
  for (const name of ['one', 'two'])
    writePlugin(workshop.userFolder, name, { 'plugin.json': manifest('tides') })
  const { items } = await workshop.plugins.list()

  expect(items).toHaveLength(2)
  for (const item of items)
    expect(item).toMatchObject({
      state: 'broken',
      problem: expect.stringContaining('both call themselves tides'),
    })
})

test('a plugin that keeps failing rests, and proves itself on what it failed before it is asked again', async () => {
  const workshop = openWorkshop()
  const source = `export default async (ctx) => {
    if (await ctx.kv.get('mended')) return { decision: 'allow' }
    throw new Error('broken')
  }`
  const files = { 'plugin.json': manifest('tides', { permissions: ['kv'] }), 'handler.js': source }
  await approved(workshop, 'tides', files)
  const ask = async () => (await workshop.bus.run('pre-commit', staged(), forever)).results[0]

  for (let count = 0; count < 3; count += 1)
    expect(await ask()).toMatchObject({ message: expect.stringContaining('broken') })
  expect(await ask()).toMatchObject({ status: 'failed', message: expect.stringContaining('rests until') })
  expect(await stateOf(workshop, 'tides')).toMatchObject({ state: 'paused' })

  workshop.clock.now += 61_000
  expect(await stateOf(workshop, 'tides')).toMatchObject({ problem: expect.stringContaining('has rested') })
  workshop.journal.plugins.setValue('tides', 'tide-1', 'mended', 'true')
  expect(await ask(), 'it is asked again what it failed at, and bears it').toMatchObject({ status: 'ok' })
  expect(await stateOf(workshop, 'tides')).toMatchObject({ state: 'active' })
})

test('an event that a plugin cannot bear silences it for a while, not for ever', async () => {
  const workshop = openWorkshop()
  const source = `export default ({ event }) => { if (event.files[0].path === 'poison') throw new Error('poisoned') }`
  await approved(workshop, 'tides', { 'plugin.json': manifest('tides'), 'handler.js': source })
  const ask = async (path: string) => (await workshop.bus.run('pre-commit', staged(path), forever)).results[0]

  for (let count = 0; count < 3; count += 1) await ask('poison')
  workshop.clock.now += 61_000
  expect(await ask('tide.md'), 'it still fails at the same').toMatchObject({
    message: expect.stringContaining('rests'),
  })
  const [told] = await workshop.plugins.logs({ plugin: 'tides' }, 1)
  expect(told?.text).toMatch(/^warn: aios ran call [0-9a-f]{16} once more; it failed again: .*poisoned/)
  workshop.clock.now += 121_000
  expect(await ask('tide.md'), 'it is asked something new').toMatchObject({ status: 'ok' })
})

test('a plugin that has used its processor time waits for the next hour', async () => {
  const workshop = openWorkshop()
  const source = `export default () => { let sum = 0; for (let index = 0; index < 3e8; index += 1) sum += index; }`
  const limits = { cpuMsPerHour: 100 }
  await approved(workshop, 'tides', { 'plugin.json': manifest('tides', { limits }), 'handler.js': source })
  const ask = async () => (await workshop.bus.run('pre-commit', staged(), forever)).results[0]

  await expect
    .poll(ask, { timeout: 20_000 })
    .toMatchObject({ message: expect.stringContaining('of processor time') })
  workshop.clock.now += 3_600_000
  expect((await ask())?.message ?? '').not.toContain('of processor time')
})

test('a recorded call replays byte for byte, chance and clock and answers included', async () => {
  const workshop = openWorkshop()
  const source = `export default async (ctx) => {
    const seen = (await ctx.kv.get('seen') ?? 0) + 1
    await ctx.kv.set('seen', seen)
    const refused = await ctx.files.read('.env').catch((error) => error.message)
    const message = [Math.random(), ctx.random(), Date.now(), new Date().toISOString(), seen, refused].join(' ')
    ctx.log('info', message)
    return { decision: 'allow', findings: [{ message, severity: 'info' }] }
  }`
  const files = { 'plugin.json': manifest('tides', { permissions: ['kv'] }), 'handler.js': source }
  await approved(workshop, 'tides', files)
  for (let count = 0; count < 3; count += 1) {
    await workshop.bus.run('pre-commit', staged(), forever)
    workshop.clock.now += 1000
  }
  const calls = (await workshop.plugins.logs({ plugin: 'tides' }, 10)).filter(({ kind }) => kind === 'call')

  expect(calls).toHaveLength(3)
  for (const { id = '' } of calls) {
    const report = await workshop.plugins.replay(id, forever)
    expect(report.after).toBe(report.before)
    expect(report).toMatchObject({ isSame: true, isSameVersion: true })
  }
  await expect(workshop.plugins.replay('unknown', forever)).rejects.toMatchObject({
    code: 'plugin.call-unknown',
  })
})

test('a plugin is tried over its events and over history before anybody approves it', async () => {
  const commits = ['1', '2', '3', '4'].map((digit) => digit.repeat(40))
  const workshop = openWorkshop({
    async *history() {
      for (const [index, commit] of commits.entries())
        yield {
          oid: commit,
          time: 0,
          data: staged(index < 2 ? 'secret.pem' : 'tide.md'),
          wasReverted: index === 0,
        }
    },
  })
  const source = `export default ({ event }) => ({ decision: event.files.some(({ path }) => path.endsWith('.pem')) ? 'deny' : 'allow' })`
  const event = (path: string, decision: string) => ({
    hook: 'pre-commit',
    data: { files: staged(path).files },
    expect: { decision },
  })
  const folder = writePlugin(workshop.worktree, 'keys', {
    'plugin.json': manifest('keys'),
    'handler.js': source,
    'events/good.json': event('tide.md', 'allow'),
    'events/wrong.json': event('tide.md', 'deny'),
  })
  const report = await workshop.plugins.test({ path: folder, repository: 'tide-1', history: 4 }, forever)

  expect(report.events.map(({ source: name, isExpected }) => [name, isExpected])).toEqual([
    ['events/good.json', true],
    ['events/wrong.json', false],
  ])
  expect(report).toMatchObject({
    isPassed: false,
    history: { calls: 4, denials: 2, falseBlocks: 1, rate: 0.25 },
  })
  const nowhere = workshop.plugins.test({ path: folder, history: 4 }, forever)
  await expect(nowhere, 'no history is no proof').rejects.toMatchObject({ code: 'repository.unknown' })
})

test('what was added can be removed, with what it kept', async () => {
  const workshop = openWorkshop()
  const folder = writePlugin(workshop.worktree, 'drafts', { 'plugin.json': manifest('tides') })
  const { plugin } = await workshop.plugins.add(folder)
  await workshop.plugins.approve({ plugin: 'tides', hash: plugin.hash })
  expect(plugin).toMatchObject({
    origin: 'user',
    path: join(workshop.userFolder, 'tides'),
    state: 'unapproved',
  })

  expect(await workshop.plugins.remove({ plugin: 'tides' })).toEqual({ id: 'tides', isDeleted: true })
  expect(await workshop.plugins.list()).toMatchObject({ items: [] })
  expect(workshop.journal.plugins.approvals()).toEqual([])
})

test('a change in a folder that is watched is seen without anybody looking', async () => {
  let change = () => {}
  const watch = (_folders: readonly string[], onChange: () => void) => {
    change = onChange
    return async () => {}
  }
  const workshop = openWorkshop({}, { watch })
  await approved(workshop, 'tides', { 'plugin.json': manifest('tides') })
  writeFileSync(join(workshop.userFolder, 'tides', 'handler.js'), denying)
  change()
  const asked = async () => (await workshop.bus.run('pre-commit', staged(), forever)).results
  await expect.poll(asked, { timeout: 20_000 }).toEqual([])
})
