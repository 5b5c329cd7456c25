import { existsSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { createSandbox, type Sandbox, type SandboxCall, type SandboxResult } from '../../plugins/sandbox.ts'

/** A daemon's view of plugins that attack it, with a bystander in the same process. */
export interface Arena {
  /** Loads a plugin whose handler is the source, or whose `handler.js` is among the files. */
  load(id: string, source: string, options?: LoadOptions): Promise<void>
  call(id: string, options?: CallOptions): Promise<SandboxResult>
  /** Loads the source, calls it once and unloads it. */
  attack(source: string, options?: CallOptions & LoadOptions): Promise<SandboxResult>
  readonly sandbox: () => Sandbox
}

interface LoadOptions {
  readonly files?: Readonly<Record<string, string>>
  readonly memoryMb?: number
}

type CallOptions = Partial<Pick<SandboxCall, 'event' | 'deadlineMs' | 'host' | 'time' | 'seed'>>

/** How long a hanging call is given. */
export const deadlineMs = 200
/** How much later than its deadline it is named at the latest. */
export const namingMs = 250

const entry = new URL('../../plugins/host/main.ts', import.meta.url)
const bystander = 'export default (ctx) => ({ heard: ctx.event, time: Date.now() })'
export const forever = new AbortController().signal

/**
 * Opens a sandbox for a test file, and holds after each test that the attack ended well: the daemon's process is as
 * it was, the next plugin runs, and no process is left.
 */
export function openArena(): Arena {
  const before = fingerprint()
  const seen = new Set<number>()
  let sandbox = createSandbox({ entry })

  const load: Arena['load'] = (id, source, { files = {}, memoryMb = 32 } = {}) =>
    sandbox.load(
      {
        id,
        group: 'arena',
        files: { 'handler.js': source, ...files },
        entries: { 'pre-commit': 'handler.js' },
        memoryMb,
        config: '{}',
      },
      forever,
    )

  const call: Arena['call'] = (id, options = {}) =>
    sandbox.call(
      {
        plugin: id,
        handler: 'handler.js',
        event: '{}',
        time: 1_700_000_000_000,
        seed: 7,
        deadlineMs: 20_000,
        host: async (name) => JSON.stringify(name),
        ...options,
      },
      forever,
    )

  beforeAll(async () => {
    sandbox = createSandbox({ entry, loadMs: 1_000 })
    await load('bystander', bystander)
  })

  afterEach(async () => {
    expect(await call('bystander', { event: '"calm"' })).toMatchObject({
      status: 'ok',
      result: '{"heard":"calm","time":1700000000000}',
    })
    expect(fingerprint()).toEqual(before)
    const alive = sandbox.processes()
    expect(alive).toHaveLength(1)
    for (const pid of alive) seen.add(pid)
    await ended([...seen].filter((pid) => !alive.includes(pid)))
  })

  afterAll(async () => {
    await sandbox.close()
    await ended([...seen])
  })

  return {
    load,
    call,
    sandbox: () => sandbox,
    async attack(source, options = {}) {
      await load('attacker', source, options)
      for (const pid of sandbox.processes()) seen.add(pid)
      const { files: _files, memoryMb: _memoryMb, ...rest } = options
      try {
        return await call('attacker', rest)
      } finally {
        await sandbox.unload('attacker')
      }
    },
  }
}

/** Waits until none of the processes exists any more. */
export async function ended(pids: readonly number[]): Promise<void> {
  while (pids.some(isRunning)) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** Says whether a process exists and is more than a name that its parent has not yet read. */
export function isRunning(pid: number): boolean {
  if (existsSync('/proc/self')) return existsSync(`/proc/${pid}/exe`) && hasMemory(pid)
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function hasMemory(pid: number): boolean {
  return existsSync(`/proc/${pid}/cwd/`)
}

/** Returns what an attack on the daemon's own objects would change. */
function fingerprint(): unknown {
  const prototypes = [Object, Array, String, Number, Function, Promise, Error, Map, RegExp].map(
    (constructor) => Reflect.ownKeys(constructor.prototype).map(String),
  )
  return {
    pid: process.pid,
    globals: Object.getOwnPropertyNames(globalThis).toSorted(),
    prototypes,
    statics: [Object, JSON, Reflect, Promise].map((holder) => Reflect.ownKeys(holder).map(String)),
    parse: String(JSON.parse),
    polluted: Reflect.get({}, 'polluted'),
  }
}
