import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, type Client } from '../cli/client.ts'
import { findDaemon } from '../cli/discover.ts'
import { daemonArguments, daemonEnvironment } from '../cli/start.ts'
import { stateFolders } from '../contract/state.ts'

/** A daemon of the bench's own, built like the user's, in a home of its own. */
export interface BenchDaemon {
  readonly pid: number
  readonly client: Client
  readonly environment: NodeJS.ProcessEnv
  /** How long it took from being started to answering that it is ready. */
  readonly readyMs: number
  stop(): Promise<void>
}

/** Makes a home that is removed again. */
export async function withHome<T>(use: (home: string) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'aios-bench-'))
  try {
    return await use(home)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

/** Starts the daemon that `npm run build` made, and waits until it is ready. */
export async function startBenchDaemon(
  home: string,
  variables: NodeJS.ProcessEnv = {},
): Promise<BenchDaemon> {
  const environment = {
    ...process.env,
    AIOS_HOME: home,
    AIOS_DAEMON_LOG_LEVEL: 'warn',
    // What is measured is not to be measured beside a training, unless that is what is measured.
    AIOS_EMBEDDER_TRAIN: 'off',
    ...variables,
  }
  const program = join(import.meta.dirname, '..', 'dist', 'daemon', 'main.js')
  const began = performance.now()
  const child = spawn(process.execPath, daemonArguments(program), {
    env: daemonEnvironment(environment),
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const ended = once(child, 'exit')
  const { service } = await Promise.race([untilReady(environment, child.pid), ended.then(neverReady)])
  const readyMs = performance.now() - began
  const client = createClient(service.socket, new AbortController().signal)
  return {
    pid: service.pid,
    client,
    environment,
    readyMs,
    async stop() {
      client.close()
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function untilReady(
  environment: NodeJS.ProcessEnv,
  pid: number | undefined,
): Promise<NonNullable<Awaited<ReturnType<typeof findDaemon>>>> {
  for (;;) {
    const found = await findDaemon(stateFolders(environment), new AbortController().signal)
    if (found?.isReady === true && found.service.pid === pid) return found
    await sleep(5)
  }
}

function neverReady(): never {
  throw new Error('the daemon ended before it was ready')
}
