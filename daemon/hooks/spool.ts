import { existsSync, type FSWatcher, mkdirSync, watch } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { noticeHooks, type HookNotice } from '../../contract/hook-routes.ts'

/** Takes what the shims left. */
export interface Spool {
  /** Reads what is there now, and returns when all of it was told. */
  drain(): Promise<void>
  close(): Promise<void>
}

/** What the spool needs. */
export interface SpoolParts {
  readonly folder: string
  readonly onNotice: (notice: HookNotice) => void
  readonly onError: (error: unknown) => void
  /** How often it is looked at where the system cannot tell of changes. */
  readonly lookMs?: number
}

/** Notices of months without a daemon; what is older says nothing that the refs do not say. */
const mostBytes = 4 * 1024 * 1024
/** A shim that opened the file before it was renamed has written its line by then. */
const settleMs = 50

/** Opens the spool: reads what waits there, and from then on whatever comes. A line is told once, or lost. */
export function openSpool({ folder, onNotice, onError, lookMs = 30_000 }: SpoolParts): Spool {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'spool')
  const ending = new AbortController()
  let running: Promise<void> | undefined
  let isAsked = false

  async function run(): Promise<void> {
    while (isAsked && !ending.signal.aborted) {
      isAsked = false
      for (const notice of await take(path)) onNotice(notice)
    }
  }

  function drain(): Promise<void> {
    isAsked = true
    running ??= run()
      .catch(onError)
      .finally(() => (running = undefined))
    return running
  }

  const watcher = tryWatch()
  const timer = setInterval(() => void drain(), lookMs).unref()
  void drain()

  /** Where the system has no watches left, the clock has to do. */
  function tryWatch(): FSWatcher | undefined {
    try {
      const fresh = watch(folder, (_event, name) => {
        if (name === 'spool' && existsSync(path)) void drain()
      })
      return fresh.on('error', onError)
    } catch (error) {
      onError(error)
      return undefined
    }
  }

  return {
    drain,
    async close() {
      ending.abort()
      watcher?.close()
      clearInterval(timer)
      await running
    },
  }
}

/** Takes the file away from the shims, then reads it; one that a daemon left behind unread comes first. */
async function take(path: string): Promise<HookNotice[]> {
  const taken = `${path}.taken`
  const left = await readNotices(taken)
  await rm(taken, { force: true })
  if (!existsSync(path)) return left
  await rename(path, taken)
  await sleep(settleMs)
  const notices = await readNotices(taken)
  await rm(taken, { force: true })
  return [...left, ...notices]
}

async function readNotices(path: string): Promise<HookNotice[]> {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return []
  try {
    const { size } = await file.stat()
    const length = Math.min(size, mostBytes)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
    const lines = buffer.subarray(0, bytesRead).toString('utf8').split('\n')
    return lines.flatMap((line) => readNotice(line) ?? [])
  } finally {
    await file.close()
  }
}

/** Reads one line: hook, rewritten commits, place, with tabs between; undefined for what is torn or strange. */
function readNotice(line: string): HookNotice | undefined {
  const [name, pairs, ...rest] = line.split('\t')
  const hook = noticeHooks.find((one) => one === name)
  const place = rest.join('\t')
  if (hook === undefined || pairs === undefined || place === '') return undefined
  const rewritten = pairs.split(' ').flatMap((pair) => {
    const [, from, to] = /^([0-9a-f]{40}|[0-9a-f]{64}):([0-9a-f]{40}|[0-9a-f]{64})$/.exec(pair) ?? []
    return from === undefined || to === undefined ? [] : [{ from, to }]
  })
  return { hook, place, ...(rewritten.length === 0 ? {} : { rewritten }) }
}
