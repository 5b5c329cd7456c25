import { expect, test } from 'vitest'
import { openArena } from './arena.ts'

const arena = openArena()

/** Each takes what it can get; what it is called in the end is given first. */
const greedy: Readonly<Record<string, readonly [named: RegExp, source: string]>> = {
  'objects without end': [
    /memory/,
    'export default () => { const all = []; for (;;) all.push({ n: all.length }) }',
  ],
  'a map without end': [
    /memory/,
    'export default () => { const all = new Map(); for (let n = 0; ; n++) all.set(n, { n }) }',
  ],
  'a text of 500 million characters, spread': [
    /memory|threw/,
    'export default () => [..."." .repeat(5e8)].length',
  ],
  'typed arrays without end': [
    /memory|threw/,
    'export default () => { const all = []; for (;;) all.push(new Uint8Array(1e6).fill(1)) }',
  ],
  'typed arrays without end, whatever is thrown': [
    /memory|timeout/,
    'export default () => { const all = []; for (;;) try { all.push(new Uint8Array(1e6).fill(1)) } catch {} }',
  ],
  'resizable buffers, which no limit of V8 counts': [
    /memory/,
    'export default () => { const all = []; for (;;) { const buffer = new ArrayBuffer(1, { maxByteLength: 1e7 }); buffer.resize(1e7); new Uint8Array(buffer).fill(1); all.push(buffer) } }',
  ],
  'one resizable buffer that grows under its view': [
    /memory/,
    'export default () => { const buffer = new ArrayBuffer(1, { maxByteLength: 2 ** 32 }); const view = new Uint8Array(buffer); for (let size = 1e7; ; size += 1e7) { buffer.resize(size); view.fill(1, size - 1e7) } }',
  ],
  'memory of WebAssembly': [/threw/, 'export default () => new WebAssembly.Memory({ initial: 60000 })'],
  'a result of 20 MB': [/too-large/, 'export default () => "x".repeat(2e7)'],
  'a result nested 100,000 deep': [
    /threw|invalid/,
    'export default () => { let all = []; for (let n = 0; n < 1e5; n++) all = [all]; return all }',
  ],
  'a result nested 1,000 deep': [
    /invalid/,
    'export default () => { let all = []; for (let n = 0; n < 1e3; n++) all = [all]; return all }',
  ],
  'a result that is not JSON': [/threw/, 'export default () => 1n'],
  'a flood of logs': [/threw/, 'export default (ctx) => { for (;;) ctx.log("info", "again") }'],
  'a flood of logs, whatever is thrown': [
    /timeout|memory/,
    'export default (ctx) => { for (;;) try { ctx.log("info", "again".repeat(1e4)) } catch {} }',
  ],
  'a flood of host calls': [/threw/, 'export default async (ctx) => { for (;;) await ctx.kv.get("again") }'],
  'host calls of 20 MB': [/threw/, 'export default (ctx) => ctx.memory.write("x".repeat(2e7))'],
}

test.each(Object.entries(greedy))('%s: the plugin is named', async (_name, [named, source]) => {
  const result = await arena.attack(source, { deadlineMs: named.test('timeout') ? 600 : 10_000 })
  expect(result.status).toMatch(named)
})

test('a flood is heard only so far', async () => {
  let heard = 0
  const host = async () => {
    heard += 1
    return '1'
  }
  await arena.attack('export default (ctx) => { for (;;) ctx.log("info", "again") }', { host })
  expect(heard).toBeLessThanOrEqual(2_000)
})

test('the innocent of a lost process are run again, and the guilty is named alone', async () => {
  const waiting = 'export default async (ctx) => { await ctx.kv.get("x"); return "innocent" }'
  const names = ['waits-1', 'waits-2']
  for (const name of names) await arena.load(name, waiting)
  let runs = 0
  // In their first run they wait for ever, and are still there when the process is lost.
  const host = (): Promise<string> => {
    runs += 1
    return runs <= names.length ? new Promise(() => {}) : Promise.resolve('1')
  }
  const innocent = names.map((name) => arena.call(name, { host }))
  const [, [, resizable = ''] = []] =
    Object.entries(greedy).find(([name]) => name.startsWith('resizable')) ?? []
  const guilty = arena.attack(resizable)

  expect(await guilty).toMatchObject({ status: 'memory', isBlamed: true })
  for (const result of await Promise.all(innocent)) expect(result).toMatchObject({ status: 'ok' })
  expect(runs).toBe(2 * names.length)
  for (const name of names) await arena.sandbox().unload(name)
})
