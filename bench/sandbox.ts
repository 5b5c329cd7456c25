import { readFileSync } from 'node:fs'
import { openIsolate, type PluginIsolate } from '../plugins/host/isolate.ts'
import { createSandbox, type Sandbox } from '../plugins/sandbox.ts'
import { round, spread } from './report.ts'

const entry = new URL('../dist/plugins/host/main.js', import.meta.url)
const forever = new AbortController().signal
const kilobyte = JSON.stringify({ text: 'x'.repeat(1_000) })
const echo = 'export default (ctx) => ctx.event'

/** Measures the sandbox as it is built, with one plugin and with twenty. */
export async function* benchSandbox(): AsyncGenerator<object> {
  yield await startOfProcess()
  yield* await calls()
  yield await loads()
  yield await isolates()
  yield await twenty()
  yield await comingAndGoing()
}

async function startOfProcess(): Promise<object> {
  const ms: number[] = []
  let rssMb = 0
  for (let time = 0; time < 10; time += 1) {
    await withSandbox(async (sandbox) => {
      ms.push(await timed(() => load(sandbox, 'first')))
      rssMb = residentMb(sandbox)
    })
  }
  return { figure: 'first plugin loaded, its process started for it', ms: spread(ms), rssMb }
}

async function calls(): Promise<object[]> {
  const measure = async (source: string) =>
    withSandbox(async (sandbox) => {
      await load(sandbox, 'echo', source)
      const ms = await repeat(4_000, () => call(sandbox, 'echo'))
      return spread(ms.slice(500))
    })
  const asking = 'export default (ctx) => ctx.kv.get(ctx.event.text)'
  return [
    { figure: 'call, 1 KB in and out', limit: { p50: 0.3, p95: 1 }, ms: await measure(echo) },
    { figure: 'call with one host call of 1 KB', ms: await measure(asking) },
  ]
}

async function loads(): Promise<object> {
  return withSandbox(async (sandbox) => {
    await load(sandbox, 'stays')
    const ms = await repeat(100, async (time) => load(sandbox, `plugin-${time}`))
    return {
      figure: 'plugin loaded',
      limit: { p95: 100 },
      ms: spread(ms),
      rssMb: residentMb(sandbox),
      plugins: 101,
    }
  })
}

/** What the process of a trust group does for each plugin, done here: an isolate, a context, the shim and a handler. */
async function isolates(): Promise<object> {
  const count = 50
  const before = process.memoryUsage.rss()
  const kept: PluginIsolate[] = []
  const source = { files: { 'handler.js': echo }, entries: { 'pre-commit': 'handler.js' }, config: '{}' }
  const ms = await repeat(count, async (time) => {
    const plugin = { ...source, id: `plugin-${time}`, memoryMb: 32 }
    kept.push(await openIsolate(plugin, { onText: () => {}, onLost: () => {} }))
  })
  const mbEach = round((process.memoryUsage.rss() - before) / 2 ** 20 / count)
  for (const isolate of kept) isolate.close()
  const figure = 'isolate, context, shim and handler'
  return { figure, limit: { p95: 25, mbEach: 10 }, ms: spread(ms), mbEach }
}

async function twenty(): Promise<object> {
  const names = Array.from({ length: 20 }, (_, index) => `plugin-${index}`)
  return withSandbox(async (sandbox) => {
    for (const name of names) await load(sandbox, name)
    const ms = await repeat(600, () => Promise.all(names.map((name) => call(sandbox, name))))
    const inTurn = await repeat(300, async () => {
      for (const name of names) await call(sandbox, name)
    })
    const limit = { p95: 15 }
    return {
      figure: '20 plugins on one hook',
      limit,
      ms: spread(ms.slice(100)),
      oneAfterAnother: spread(inTurn.slice(50)),
    }
  })
}

async function comingAndGoing(): Promise<object> {
  return withSandbox(async (sandbox) => {
    await load(sandbox, 'stays')
    const sizes: { child: number; parent: number }[] = []
    for (let time = 0; time <= 2_000; time += 1) {
      await load(sandbox, 'comes-and-goes')
      await call(sandbox, 'comes-and-goes')
      await sandbox.unload('comes-and-goes')
      const parent = Math.round(process.memoryUsage.rss() / 2 ** 20)
      if (time % 400 === 0) sizes.push({ child: residentMb(sandbox), parent })
    }
    return { figure: 'loaded and unloaded 2,000 times, in MB', sizes }
  })
}

async function withSandbox<Result>(act: (sandbox: Sandbox) => Promise<Result>): Promise<Result> {
  const sandbox = createSandbox({ entry })
  try {
    return await act(sandbox)
  } finally {
    await sandbox.close()
  }
}

function load(sandbox: Sandbox, id: string, source = echo): Promise<void> {
  const files = { 'handler.js': source }
  const entries = { 'pre-commit': 'handler.js' }
  return sandbox.load({ id, group: 'bench', files, entries, memoryMb: 32, config: '{}' }, forever)
}

async function call(sandbox: Sandbox, plugin: string): Promise<void> {
  const times = { time: 0, seed: 0, deadlineMs: 20_000 }
  const host = async (_name: string, args: string) => args
  const request = { plugin, handler: 'handler.js', event: kilobyte, ...times, host }
  const result = await sandbox.call(request, forever)
  if (result.status !== 'ok') throw new Error(`${result.status}: ${result.message}`)
}

async function repeat(times: number, act: (time: number) => Promise<unknown>): Promise<number[]> {
  const ms: number[] = []
  for (let time = 0; time < times; time += 1) ms.push(await timed(() => act(time)))
  return ms
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await act()
  return performance.now() - began
}

function residentMb(sandbox: Sandbox): number {
  if (process.platform !== 'linux') return 0
  const pages = sandbox.processes().map((pid) => readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
  return Math.round((pages.reduce((sum, count) => sum + Number(count), 0) * 4_096) / 2 ** 20)
}
