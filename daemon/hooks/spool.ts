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
    return joined(lines.flatMap((line) => readLine(line) ?? []))
  } finally {
    await file.close()
  }
}

/** A line, and the shell that wrote it together with others. */
interface Line {
  readonly notice: HookNotice
  readonly run?: string
}

/** Reads one line: hook, words, place, with tabs between; undefined for what is torn or strange. */
function readLine(line: string): Line | undefined {
  const [name, words, ...rest] = line.split('\t')
  const hook = noticeHooks.find((one) => one === name)
  const place = rest.join('\t')
  if (hook === undefined || words === undefined || place === '') return undefined
  const { oid, branch, run, rewritten, args } = readWords(words.split(' '))
  const notice = {
    hook,
    place,
    ...(oid === undefined || !isOid(oid) ? {} : { oid }),
    ...(branch === undefined ? {} : { branch }),
    ...(args.length === 0 ? {} : { arguments: args }),
    ...(rewritten.length === 0 ? {} : { rewritten }),
  }
  return { notice, ...(run === undefined ? {} : { run }) }
}

/** Words that a shim of another version may say besides are passed over. */
function readWords(words: readonly string[]) {
  const named = words.flatMap((word) => {
    const at = word.indexOf('=')
    return at < 1 ? [] : [{ name: word.slice(0, at), value: word.slice(at + 1) }]
  })
  const valueOf = (wanted: string) => named.find(({ name }) => name === wanted)?.value
  const args = named.filter(({ name }) => name === 'argument').map(({ value }) => value)
  const rewritten = words.flatMap((word) => {
    const [from, to, more] = word.split(':')
    const isPair = from !== undefined && to !== undefined && more === undefined && isOid(from) && isOid(to)
    return isPair ? [{ from, to }] : []
  })
  return { oid: valueOf('oid'), branch: valueOf('branch'), run: valueOf('run'), args, rewritten }
}

function isOid(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)
}

/** Makes one notice of lines that a shim wrote one after the other, because one was not long enough. */
function joined(lines: readonly Line[]): HookNotice[] {
  const runs: Line[][] = []
  for (const line of lines) {
    const last = runs.at(-1)
    if (last?.[0] !== undefined && isOneRun(last[0], line)) last.push(line)
    else runs.push([line])
  }
  return runs.flatMap((run) => {
    const [first, second] = run.map(({ notice }) => notice)
    if (first === undefined || second === undefined) return first ?? []
    return { ...first, rewritten: run.flatMap(({ notice }) => notice.rewritten ?? []) }
  })
}

function isOneRun(one: Line, other: Line): boolean {
  return one.run !== undefined && one.run === other.run && one.notice.place === other.notice.place
}
