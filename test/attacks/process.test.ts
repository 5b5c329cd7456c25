import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createSandbox, type Sandbox, type SandboxParts } from '../../plugins/sandbox.ts'
import { ended, forever, isRunning } from './arena.ts'

const entry = new URL('../../plugins/host/main.ts', import.meta.url)
const open: Sandbox[] = []

afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close()
})

test.each(['for (;;);', 'for (;;) await 0', 'new Array(1e8).fill(0)'])(
  'no process is left when the daemon is killed during %s',
  async (act) => {
    const script = new URL('./sandbox-parent.ts', import.meta.url).pathname
    const parent = spawn(process.execPath, [script, act], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(parent.stdout.setEncoding('utf8'), 'data')
    const pids = String(line).trim().split(' ').map(Number)
    expect(pids.map(isRunning)).toEqual([true])

    parent.kill('SIGKILL')

    await ended(pids)
  },
)

test.runIf(process.platform === 'linux')(
  'a process has no environment and an empty folder of its own',
  async () => {
    const sandbox = start()
    await load(sandbox, 'one')
    const [pid = 0] = sandbox.processes()

    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toBe('')
    const folder = realpathSync(`/proc/${pid}/cwd`)
    expect(folder).toMatch(/aios-plugins-/)
    expect(readdirSync(folder)).toEqual([])
    await sandbox.close()
    expect(readdirSync(tmpdir()).filter((name) => folder.endsWith(name))).toEqual([])
  },
)

test('groups have processes of their own, and one that is lost takes no other with it', async () => {
  const lost: string[] = []
  const sandbox = start({ onLost: (group) => lost.push(group) })
  await load(sandbox, 'one', 'first')
  await load(sandbox, 'two', 'second')
  const [one = 0, two = 0] = sandbox.processes()

  process.kill(one, 'SIGKILL')
  await ended([one])

  expect(await call(sandbox, 'one')).toMatchObject({ status: 'ok' })
  expect(await call(sandbox, 'two')).toMatchObject({ status: 'ok' })
  expect(sandbox.processes()).toContain(two)
  expect(lost).toEqual(['first'])
})

test('a process goes with its last plugin, and comes back with the next', async () => {
  const sandbox = start()
  await load(sandbox, 'one')
  const pids = sandbox.processes()
  await sandbox.unload('one')
  await ended(pids)

  await load(sandbox, 'one')
  expect(await call(sandbox, 'one')).toMatchObject({ status: 'ok' })
})

test('without the library plugins are refused, and nothing else is tried', async () => {
  const sandbox = start({ entry: pretender(`{ kind: 'unavailable', reason: 'no prebuilt file' }`) })

  await expect(load(sandbox, 'one')).rejects.toMatchObject({
    code: 'plugin.sandbox-unavailable',
    message: 'Plugins cannot run: no prebuilt file',
  })
})

test('code that gets out of its isolate may read no file, write none and start nothing', async () => {
  const acts = [`fs.readFileSync('/etc/hosts')`, `fs.writeFileSync('x', '')`, `child_process.spawnSync('ls')`]
  const tries = acts.map((act) => {
    const [module = ''] = act.split('.')
    const load = `const ${module} = process.getBuiltinModule('${module}')`
    return `(() => { try { ${load}; ${act}; return 'allowed' } catch (error) { return error.code } })()`
  })
  const sandbox = start({
    entry: pretender(`{ kind: 'unavailable', reason: [${tries.join(', ')}].join(' ') }`),
  })

  await expect(load(sandbox, 'one')).rejects.toMatchObject({
    message: 'Plugins cannot run: ERR_ACCESS_DENIED ERR_ACCESS_DENIED ERR_ACCESS_DENIED',
  })
})

test('a process that never starts is given up after a few tries', async () => {
  const sandbox = start({ entry: new URL('./nowhere.ts', import.meta.url) })

  await expect(load(sandbox, 'one')).rejects.toMatchObject({
    code: 'plugin.sandbox-unavailable',
    message: expect.stringMatching(/does not start/),
  })
})

test('a process that talks nonsense harms nobody', async () => {
  const nonsense = `'null', '[]', '{"kind":"constructor"}', '{"kind":"__proto__"}', '{"kind":"done","id":"x"}',
    '{"kind":"loaded","plugin":"other"}', '{"kind":"failed","id":1,"status":"ok"}', 'not JSON'`
  const sandbox = start({
    entry: pretender(`{ kind: 'ready' }`, `for (const text of [${nonsense}]) frame(text); header(2 ** 31)`),
    loadMs: 5_000,
  })

  await expect(load(sandbox, 'one')).rejects.toMatchObject({ code: 'plugin.unloadable' })
})

test('closing ends what runs and refuses what comes', async () => {
  const sandbox = start()
  await load(sandbox, 'one', 'group', 'export default () => { for (;;); }')
  const pids = sandbox.processes()
  const running = Promise.allSettled([call(sandbox, 'one')])

  await sandbox.close()

  expect(await running).toMatchObject([
    { status: 'rejected', reason: { code: 'plugin.sandbox-unavailable' } },
  ])
  await ended(pids)
  await expect(call(sandbox, 'one')).rejects.toMatchObject({ code: 'plugin.sandbox-unavailable' })
})

test('a plugin is loaded and unloaded thousands of times in the memory of one', async () => {
  const rounds = Number(process.env['AIOS_FAULT_ROUNDS_SANDBOX'] ?? 300)
  const sandbox = start()
  await load(sandbox, 'stays')
  const [pid = 0] = sandbox.processes()
  const sizes: { child: number; parent: number }[] = []
  for (let round = 0; round <= rounds; round += 1) {
    await load(sandbox, 'comes-and-goes')
    expect(await call(sandbox, 'comes-and-goes')).toMatchObject({ status: 'ok' })
    await sandbox.unload('comes-and-goes')
    if (round % Math.ceil(rounds / 10) === 0)
      sizes.push({ child: residentMb(pid), parent: Math.round(process.memoryUsage.rss() / 2 ** 20) })
  }

  expect(sandbox.processes()).toEqual([pid])
  if (rounds > 1_000) console.log(JSON.stringify({ rounds, sizes }))
  const grown = (sizes.at(-1)?.child ?? 0) - (sizes[2]?.child ?? 0)
  expect(grown).toBeLessThan(24)
}, 1_200_000)

function start(parts: Partial<SandboxParts> = {}): Sandbox {
  const sandbox = createSandbox({ entry, ...parts })
  open.push(sandbox)
  return sandbox
}

function load(sandbox: Sandbox, id: string, group = 'group', source = 'export default () => 1') {
  const files = { 'handler.js': source }
  const entries = { 'pre-commit': 'handler.js' }
  return sandbox.load({ id, group, files, entries, memoryMb: 16, config: '{}' }, forever)
}

function call(sandbox: Sandbox, plugin: string) {
  const times = { time: 0, seed: 0, deadlineMs: 20_000 }
  return sandbox.call(
    { plugin, handler: 'handler.js', event: '{}', ...times, host: async () => '1' },
    forever,
  )
}

/** Writes a program that says something on the channel, and more when it is told something. */
function pretender(report: string, onTold = ''): URL {
  const path = join(tmpdir(), `pretender-${open.length}-${report.length}.mjs`)
  writeFileSync(
    path,
    `import { Socket } from 'node:net'
    const channel = new Socket({ fd: 3, readable: true, writable: true })
    const header = (bytes) => { const head = Buffer.alloc(4); head.writeUInt32BE(bytes); channel.write(head) }
    const frame = (text) => { header(Buffer.byteLength(text)); channel.write(text) }
    channel.on('end', () => process.exit()).on('data', () => { ${onTold} })
    frame(JSON.stringify(${report}))`,
  )
  return new URL(`file://${path}`)
}

function residentMb(pid: number): number {
  if (process.platform !== 'linux') return 0
  return Math.round((Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096) / 2 ** 20)
}
