import { chmodSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connect, stopDaemon } from '../../../cli/connect.ts'
import { findDaemon } from '../../../cli/discover.ts'
import { daemonEnvironment, startDaemon } from '../../../cli/start.ts'
import { protocol } from '../../../contract/service.ts'
import { stateFolders, type StateFolders } from '../../../contract/state.ts'

const program = fileURLToPath(new URL('./stand-in.ts', import.meta.url))
const forever = new AbortController().signal

let folders: StateFolders
let environment: NodeJS.ProcessEnv

beforeEach(() => {
  environment = { ...process.env, AIOS_HOME: mkdtempSync(join(tmpdir(), 'home-')) }
  folders = stateFolders(environment)
  for (const folder of [folders.state, folders.runtime]) mkdirSync(folder, { recursive: true, mode: 0o700 })
})

afterEach(async () => {
  const running = await findDaemon(folders, forever)
  if (running !== undefined) await stopDaemon(running, folders, 'test', forever)
})

const start = (manners = '', deadlineMs = 15_000) =>
  startDaemon(
    { folders, environment: { ...environment, AIOS_STAND_IN: manners }, program, deadlineMs },
    forever,
  )

test('a daemon is started where none runs, and found from then on', async () => {
  expect(await findDaemon(folders, forever)).toBeUndefined()
  const { service } = await start()
  expect((await findDaemon(folders, forever))?.service).toEqual(service)
})

test('many starters at once start one daemon', async () => {
  const found = await Promise.all([start('slow'), start('slow'), start('slow')])
  expect(new Set(found.map(({ service }) => service.pid)).size).toBe(1)
  expect(starts()).toHaveLength(1)
})

test('what a dead daemon left behind is no daemon, and hinders no new one', async () => {
  const { service } = await start()
  process.kill(service.pid, 'SIGKILL')
  await expect.poll(() => findDaemon(folders, forever)).toBeUndefined()
  expect(statSync(folders.socket).isSocket()).toBe(true)

  const next = await start()
  expect(next.service.pid).not.toBe(service.pid)
})

test.each([
  ['half written', '{"id":"x","pid":'],
  ['empty', ''],
  ['no object', '[]'],
  ['without a socket', '{"id":"x","pid":1}'],
  ['of the wrong types', '{"id":1,"version":2,"protocol":3,"pid":4,"socket":5,"url":6,"startedAt":7}'],
])('a service.json that is %s is not believed', async (_what, text) => {
  writeFileSync(folders.serviceFile, text, { mode: 0o600 })
  expect(await findDaemon(folders, forever)).toBeUndefined()
})

test.each([
  ['another process', { pid: 1 }],
  ['this process, though it is alive', { pid: process.pid }],
  ['another daemon', { id: 'somebody' }],
  ['another version', { version: '0.0.0' }],
  ['another protocol', { protocol: 99 }],
])('a service.json that names %s is not believed', async (_what, wrong) => {
  const { service } = await start()
  announce({ ...service, ...wrong })
  expect(await findDaemon(folders, forever)).toBeUndefined()
  announce(service)
})

test('a service.json that others may read or write is not believed', async () => {
  await start()
  chmodSync(folders.serviceFile, 0o644)
  expect(await findDaemon(folders, forever)).toBeUndefined()
  chmodSync(folders.serviceFile, 0o600)
})

test('a socket in a folder that others may enter is not believed', async () => {
  await start()
  chmodSync(folders.runtime, 0o755)
  expect(await findDaemon(folders, forever)).toBeUndefined()
  chmodSync(folders.runtime, 0o700)
})

test('a daemon that dies at its start is reported with its last words', async () => {
  await expect(start('dies')).rejects.toMatchObject({
    code: 'daemon.unreachable',
    message: expect.stringContaining('the disk is full of'),
  })
})

test('a daemon that never answers is given up', async () => {
  await expect(start('silent', 3000)).rejects.toMatchObject({ code: 'daemon.unreachable' })
  for (const pid of starts()) process.kill(pid)
})

test('a daemon that hangs is busy, not gone', async () => {
  const { service } = await start()
  process.kill(service.pid, 'SIGSTOP')
  await expect(findDaemon(folders, forever, 200)).rejects.toMatchObject({ code: 'daemon.busy' })
  process.kill(service.pid, 'SIGCONT')
  expect((await findDaemon(folders, forever))?.service.pid).toBe(service.pid)
})

test('a daemon of before the first protocol is found, and replaced', async () => {
  const { service } = await start('former')
  expect(service.protocol).toBeLessThan(protocol)
  const client = await connect({ folders, environment, program, mayStart: true, warn: () => {} }, forever)
  client.close()
  const found = await findDaemon(folders, forever)
  expect(found?.service.protocol).toBe(protocol)
  expect(found?.service.pid).not.toBe(service.pid)
})

test('an older daemon is replaced', async () => {
  const old = await start(String(protocol - 1))
  const found = await findDaemon(folders, forever)
  expect(found?.service.protocol).toBe(protocol - 1)
  const reach = { folders, environment, program, mayStart: true, warn: () => {} }
  const client = await connect(reach, forever)
  client.close()
  const now = await findDaemon(folders, forever)
  expect(now?.service.protocol).toBe(protocol)
  expect(now?.service.pid).not.toBe(old.service.pid)
})

test('a newer daemon is used, with a warning', async () => {
  const newer = await start(String(protocol + 1))
  const warnings: string[] = []
  const reach = {
    folders,
    environment,
    mayStart: true,
    warn: (message: string) => void warnings.push(message),
  }
  const client = await connect(reach, forever)
  client.close()
  expect(warnings).toEqual([expect.stringContaining('newer (1.2.3)')])
  expect((await findDaemon(folders, forever))?.service.pid).toBe(newer.service.pid)
})

test('nothing is started or replaced when that is not wanted', async () => {
  const reach = { folders, environment, mayStart: false, warn: () => {} }
  await expect(connect(reach, forever)).rejects.toMatchObject({ code: 'daemon.unreachable' })
  await start(String(protocol - 1))
  await expect(connect(reach, forever)).rejects.toMatchObject({ code: 'daemon.version' })
})

test('a home with a long name gets a socket with a short one', async () => {
  environment['AIOS_HOME'] = join(mkdtempSync(join(tmpdir(), 'long-')), 'x'.repeat(120))
  folders = stateFolders(environment)
  mkdirSync(folders.state, { recursive: true })
  expect(Buffer.byteLength(folders.socket)).toBeLessThan(108)
  await start()
  expect(await findDaemon(folders, forever)).toBeDefined()
})

test('a daemon inherits whose home it is, and nothing that one shell happened to have', () => {
  const inherited = daemonEnvironment({
    HOME: '/h',
    PATH: '/p',
    AIOS_HOME: '/a',
    GIT_DIR: '/g',
    NODE_OPTIONS: '-r x',
  })
  expect(inherited).toMatchObject({ HOME: '/h', PATH: '/p', AIOS_HOME: '/a' })
  expect(inherited['NODE_COMPILE_CACHE']).toBe(process.env['NODE_COMPILE_CACHE'])
  expect(inherited).not.toHaveProperty('GIT_DIR')
  expect(inherited).not.toHaveProperty('NODE_OPTIONS')
})

function announce(service: unknown): void {
  writeFileSync(folders.serviceFile, JSON.stringify(service), { mode: 0o600 })
}

function starts(): number[] {
  return readFileSync(join(folders.runtime, 'starts'), 'utf8').trim().split('\n').map(Number)
}
