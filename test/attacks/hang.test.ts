import { expect, test } from 'vitest'
import type { SandboxCall } from '../../plugins/sandbox.ts'
import { deadlineMs, namingMs, openArena } from './arena.ts'

const arena = openArena()

const hangs: Readonly<Record<string, string>> = {
  'an endless loop': 'export default () => { for (;;); }',
  'an endless chain of microtasks': 'export default async () => { for (;;) await 0 }',
  'a chain of microtasks that is left behind':
    'export default () => { (async () => { for (;;) await 0 })(); return 1 }',
  'a loop in finally': 'export default () => { for (;;) try { return 1 } finally { continue } }',
  'a regular expression that backtracks': `export default () => /^(a+)+$/.test('a'.repeat(40) + 'b')`,
  'a looping getter': 'export default () => ({ get decision() { for (;;); } })',
  'a looping toJSON': 'export default () => ({ toJSON() { for (;;); } })',
  'an error with a looping message': 'export default () => { throw { get message() { for (;;); } } }',
  'an error with a looping stack':
    'export default () => { throw Object.defineProperty(new Error("x"), "message", { get() { for (;;); } }) }',
  'a thrown proxy':
    'export default () => { throw new Proxy({}, { has() { for (;;); }, get() { for (;;); } }) }',
  'a thenable that loops': 'export default () => ({ then() { for (;;); } })',
  'a neglected rejection that loops when it is read':
    'export default () => { Promise.reject({ get message() { for (;;); }, get name() { for (;;); }, get stack() { for (;;); } }); return new Promise(() => {}).then(() => { for (;;); }) }',
  'a promise of the plugin that never resolves': 'export default () => new Promise(() => {})',
  'Array(1e8).fill': 'export default () => new Array(1e8).fill(0).length',
  'a source of 15 MB made while running':
    'export default () => { for (let n = 0; ; n++) Function("return [" + "1,".repeat(7.5e6) + n + "]")() }',
}

test.each(Object.entries(hangs))('%s is named within its deadline', async (_name, source) => {
  const began = performance.now()
  await arena.load('hanging', source, { memoryMb: 256 })
  const loaded = performance.now()
  const result = await arena.call('hanging', { deadlineMs })

  expect(result).toMatchObject({ status: expect.stringMatching(/^(timeout|memory)$/) })
  expect(performance.now() - loaded).toBeLessThan(deadlineMs + namingMs)
  expect(loaded - began).toBeLessThan(20_000)
  await arena.sandbox().unload('hanging')
})

test('a promise of the host that never resolves ends with the deadline, and harms no process', async () => {
  const before = arena.sandbox().processes()
  const signals: AbortSignal[] = []
  const host: SandboxCall['host'] = (_name, _args, signal) => {
    signals.push(signal)
    return new Promise(() => {})
  }
  const result = await arena.attack('export default (ctx) => ctx.http.fetch("x")', { deadlineMs, host })

  expect(result).toMatchObject({ status: 'timeout' })
  expect(result.wallMs).toBeLessThan(deadlineMs + namingMs)
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  expect(arena.sandbox().processes()).toEqual(before)
})

test('a promise that nothing can resolve is named at once', async () => {
  const result = await arena.attack('export default () => new Promise(() => {})', { deadlineMs: 20_000 })

  expect(result).toMatchObject({ status: 'timeout', message: 'It waits for something that never comes.' })
  expect(result.wallMs).toBeLessThan(10_000)
})

test('two plugins that trigger each other end with a deadline', async () => {
  const source = 'export default (ctx) => ctx.memory.query("again")'
  await arena.load('ping', source)
  await arena.load('pong', source)
  let calls = 0
  const trigger = async (id: string): Promise<string> => {
    calls += 1
    const next = id === 'ping' ? 'pong' : 'ping'
    return (await arena.call(id, { deadlineMs, host: () => trigger(next) })).status
  }

  expect(await trigger('ping')).toBe('timeout')
  expect(calls).toBeLessThan(10)
  await arena.sandbox().unload('ping')
  await arena.sandbox().unload('pong')
})

test.each([
  ['loops while it loads', 'for (;;); export default () => 1', 'did not load within'],
  ['waits for ever while it loads', 'await new Promise(() => {}); export default () => 1', 'default'],
  [
    'throws a looping error while it loads',
    'throw { get message() { for (;;); }, get stack() { for (;;); } }',
    '',
  ],
  ['brings 15 MB of source', `export default () => '${'x'.repeat(15e6)}'`, '4 MiB is the limit'],
  ['has no handler', 'export const nothing = 1', 'default'],
  ['is not JavaScript', 'export default (', 'Unexpected'],
])('a plugin that %s is refused, and the others go on', async (_name, source, reason) => {
  const loading = arena.load('loading', source)
  await expect(loading).rejects.toMatchObject({
    code: 'plugin.unloadable',
    message: expect.stringContaining(reason),
  })
})

test('who had no processor because of another is not blamed', async () => {
  const spin = 'export default () => { for (;;); }'
  const names = ['spin-1', 'spin-2', 'spin-3', 'spin-4', 'spin-5', 'spin-6']
  for (const name of names) await arena.load(name, spin)
  const spinning = names.map((name) => arena.call(name, { deadlineMs }))
  const calm = await arena.call('bystander', { event: '1' })

  expect(calm).toMatchObject({ status: 'ok' })
  for (const result of await Promise.all(spinning))
    expect(result).toMatchObject({ status: 'timeout', isBlamed: true })
  for (const name of names) await arena.sandbox().unload(name)
})
