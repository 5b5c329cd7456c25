import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { hookRoutes } from '../contract/hook-routes.ts'
import { pluginRoutes } from '../contract/plugin-routes.ts'
import { webSocketLimits } from '../contract/web-socket.ts'
import { startBenchDaemon, withHome, type BenchDaemon } from './daemon.ts'
import { usageOf } from './processes.ts'
import { remember } from './remember.ts'
import { quantile, round } from './report.ts'
import { connectClient, type BenchClient } from './ws-client.ts'

const clients = 1000
const slowClients = 20
/** So many facts a second make 5,000 messages for 1,000 clients. */
const factsPerSecond = 5
const fanOutSeconds = 30
const burst = 500
const pingsPerSecond = 5
const pingSeconds = 20

/**
 * Measures the WebSocket of a daemon with 1,000 clients: what a client costs, how long a message is on its way, and
 * what becomes of clients that do not read. The facts are refusals of a bundled gate.
 */
export async function* benchWs(): AsyncGenerator<object> {
  yield* await withHome(async (home) => {
    const daemon = await startBenchDaemon(home)
    try {
      const refuse = await prepare(home, daemon)
      return [...(await crowd(daemon, refuse)), await slow(daemon, refuse)]
    } finally {
      await daemon.stop()
    }
  })
}

type Refuse = () => Promise<void>

/** Returns what makes one fact: a commit message that a gate refuses. */
async function prepare(home: string, daemon: BenchDaemon): Promise<Refuse> {
  const { client } = daemon
  const folder = join(home, 'tide')
  const git = (...words: string[]) => execFileSync('git', ['-C', folder, ...words])
  execFileSync('git', ['init', '--quiet', folder])
  git('-c', 'user.name=Ada', '-c', 'user.email=a@b.c', 'commit', '--quiet', '--allow-empty', '-m', 'tide')
  const message = join(folder, '.git', 'MESSAGE')
  writeFileSync(message, 'no conventional message\n')
  await remember(daemon, folder)
  const plugin = {
    plugin: 'commit-message',
    mode: 'enforce' as const,
    anyway: true,
    config: { when: 'refuse' },
  }
  await client.call(pluginRoutes.enablePlugin, plugin)
  const question = { hook: 'commit-msg' as const, directory: folder, arguments: [message] }
  return async () => {
    const { decision, text } = await client.call(hookRoutes.askHook, question)
    if (decision !== 'deny') throw new Error(`The gate let it through: ${text}`)
  }
}

async function crowd(daemon: BenchDaemon, refuse: Refuse): Promise<object[]> {
  const before = usageOf(daemon.pid)
  const began = performance.now()
  const all = await connectAll(daemon, clients)
  const connectMs = performance.now() - began
  await sleep(2000)
  const connected = usageOf(daemon.pid)
  const kib = (connected.rssBytes - before.rssBytes) / clients / 1024
  const cost = { figure: 'clients', clients, connectMs: round(connectMs), kibPerClient: round(kib) }
  const rows = [
    { ...cost, rssMib: mib(connected.rssBytes) },
    await fanOut('fan-out', all, daemon, async () => {
      await atPace(factsPerSecond * fanOutSeconds, 1000 / factsPerSecond, refuse)
    }),
    await fanOut('fan-out, as fast as facts come', all, daemon, async () => {
      await inTurns(burst, 8, refuse)
    }),
    await talk(all, daemon),
  ]
  await Promise.all(all.map((client) => client.close()))
  return rows
}

/** Lets facts happen and waits until everyone has heard the last of them. */
async function fanOut(
  figure: string,
  all: readonly BenchClient[],
  daemon: BenchDaemon,
  act: () => Promise<void>,
): Promise<object> {
  for (const client of all) client.forget()
  const [first] = all
  const before = first?.last() ?? 0
  const cpuBefore = usageOf(daemon.pid).cpuSeconds
  const began = performance.now()
  await act()
  const latest = await newest(daemon)
  await Promise.all(all.map((client) => client.until(latest)))
  const seconds = (performance.now() - began) / 1000
  const heard = all.flatMap((client) => client.delaysMs())
  const expected = (latest - before) * all.length
  const after = usageOf(daemon.pid)
  return {
    figure,
    clients: all.length,
    facts: latest - before,
    messagesPerSecond: round(heard.length / seconds),
    lost: expected - heard.length,
    outOfOrderOrTwice: all.reduce((sum, client) => sum + client.mistakes(), 0),
    p50Ms: quantile(heard, 0.5),
    p99Ms: quantile(heard, 0.99),
    maxMs: quantile(heard, 1),
    daemonCpuPercent: round(((after.cpuSeconds - cpuBefore) / seconds) * 100),
    rssMib: mib(after.rssBytes),
  }
}

/** Lets every client ask for signs of life: as many messages come in as go out. */
async function talk(all: readonly BenchClient[], daemon: BenchDaemon): Promise<object> {
  const cpuBefore = usageOf(daemon.pid).cpuSeconds
  const began = performance.now()
  const delays = await Promise.all(
    all.map(async (client, at) => {
      const own: number[] = []
      await sleep((at / all.length) * (1000 / pingsPerSecond))
      await atPace(pingsPerSecond * pingSeconds, 1000 / pingsPerSecond, async () => {
        own.push(await client.ping())
      })
      return own
    }),
  )
  const seconds = (performance.now() - began) / 1000
  const heard = delays.flat()
  return {
    figure: 'ping and pong',
    clients: all.length,
    messagesPerSecondEachWay: round(heard.length / seconds),
    p50Ms: quantile(heard, 0.5),
    p99Ms: quantile(heard, 0.99),
    maxMs: quantile(heard, 1),
    daemonCpuPercent: round(((usageOf(daemon.pid).cpuSeconds - cpuBefore) / seconds) * 100),
  }
}

/** Lets more happen than may wait for clients that do not read, then lets them go on where they were. */
async function slow(daemon: BenchDaemon, refuse: Refuse): Promise<object> {
  const readers = await connectAll(daemon, slowClients)
  const stuck = await connectAll(daemon, slowClients)
  const from = await newest(daemon)
  const before = usageOf(daemon.pid)
  for (const client of stuck) client.pause()
  const began = performance.now()
  while ((readers[0]?.bytes() ?? 0) < 2 * webSocketLimits.bufferBytes) await inTurns(100, 8, refuse)
  const seconds = (performance.now() - began) / 1000
  const after = usageOf(daemon.pid)
  const latest = await newest(daemon)
  for (const client of stuck) client.resume()
  const cut = await Promise.all(stuck.map((client) => Promise.race([client.until(latest), client.closed()])))
  await Promise.all(stuck.map((client) => client.goOn()))
  const everyone = [...readers, ...stuck]
  await Promise.all(everyone.map((client) => client.until(latest)))
  const row = {
    figure: 'clients that do not read',
    clients: stuck.length,
    cut: cut.filter((how) => how === 'closed').length,
    readers: readers.length,
    facts: latest - from,
    seconds: round(seconds),
    lostAfterResuming: everyone.reduce((sum, client) => sum + latest - from - client.delaysMs().length, 0),
    outOfOrderOrTwice: everyone.reduce((sum, client) => sum + client.mistakes(), 0),
    rssMibBefore: mib(before.rssBytes),
    rssMibAfter: mib(after.rssBytes),
  }
  await Promise.all(everyone.map((client) => client.close()))
  return row
}

async function connectAll(daemon: BenchDaemon, count: number): Promise<BenchClient[]> {
  const all: BenchClient[] = []
  for (let at = 0; at < count; at += 50) {
    const some = Array.from({ length: Math.min(50, count - at) }, () => connectClient(daemon.client.socket))
    all.push(...(await Promise.all(some)))
  }
  return all
}

/** Returns the number of the newest fact. */
async function newest(daemon: BenchDaemon): Promise<number> {
  const client = await connectClient(daemon.client.socket)
  await client.close()
  return client.last()
}

/** Begins the act so often, by the clock: what took long is made up for. */
async function atPace(count: number, everyMs: number, act: () => Promise<void>): Promise<void> {
  const began = performance.now()
  for (let turn = 0; turn < count; turn += 1) {
    await sleep(Math.max(0, began + turn * everyMs - performance.now()))
    await act()
  }
}

async function inTurns(count: number, atOnce: number, act: () => Promise<void>): Promise<void> {
  let left = count
  const work = async () => {
    while (left > 0) {
      left -= 1
      await act()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

function mib(bytes: number): number {
  return round(bytes / 1024 ** 2)
}
