import { fork, type ChildProcess } from 'node:child_process'
import process from 'node:process'
import { AiosError } from '../contract/errors.ts'
import { describeEnd } from './process-end.ts'
import {
  type Assignment,
  isNotice,
  type Notice,
  type Result,
  type TaughtSettings,
  type Trained,
} from './trainer-messages.ts'

/** A process of its own that learns from a history, at the lowest priority. One assignment at a time. */
export interface Trainer {
  readonly pid: number | undefined
  /** What it took when it last said so. */
  readonly rssBytes: number
  /** Adds the messages of commits to what is learned from. */
  addMessages(oids: readonly string[], messages: readonly string[]): Promise<void>
  /** Adds passages of commits whose messages were added. */
  addPassages(oids: readonly string[], ordinals: Uint32Array, terms: readonly string[]): Promise<void>
  /** Learns, and keeps the weights in the folder; goes on where a training of the same lessons was cut short. */
  train(settings: TaughtSettings, folder: string): Promise<Trained>
  /** Ends the process, whatever it does. */
  close(): void
}

/** What a trainer is started with. */
export interface TrainerOptions {
  /** The file that the process runs. */
  readonly entry: URL
  readonly execArgv?: readonly string[]
  readonly rssLimitBytes?: number
  readonly onProgress?: (done: number, total: number) => void
}

const heapLimits = ['--max-old-space-size=512', '--max-semi-space-size=8']
const usualRssLimit = 2 ** 30
// What Windows cannot start a process without.
const kept = ['SystemRoot', 'TEMP', 'TMP', 'TMPDIR']

/** Starts a trainer. When the signal is aborted it is killed, and what it was asked to do fails with the reason. */
export function startTrainer(options: TrainerOptions, signal: AbortSignal): Trainer {
  const { entry, execArgv = [], rssLimitBytes = usualRssLimit, onProgress = () => {} } = options
  signal.throwIfAborted()
  const child = fork(entry, [], {
    env: Object.fromEntries(kept.flatMap((name) => entryOf(name, process.env[name]))),
    execArgv: [...execArgv, ...heapLimits],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const asked = createAsked()
  let rssBytes = 0
  const end = (reason: Error) => {
    asked.refuse(reason)
    child.kill('SIGKILL')
  }
  const abandon = () => end(reasonOf(signal))
  signal.addEventListener('abort', abandon, { once: true })
  child.on('message', (message) => {
    if (!isNotice(message)) return
    if (message.kind === 'progress') onProgress(message.done, message.total)
    if (message.kind === 'memory') rssBytes = message.rssBytes
    if (rssBytes > rssLimitBytes) end(lost(`it took ${rssBytes} bytes of memory`))
    asked.receive(message)
  })
  child.once('error', (error) => end(lost(error.message)))
  child.once('exit', (code, how) => {
    signal.removeEventListener('abort', abandon)
    asked.refuse(lost(describeEnd(code, how)))
  })
  return {
    get pid() {
      return child.pid
    },
    get rssBytes() {
      return rssBytes
    },
    async addMessages(oids, messages) {
      await asked.ask(child, { kind: 'messages', oids, messages })
    },
    async addPassages(oids, ordinals, terms) {
      await asked.ask(child, { kind: 'passages', oids, ordinals, terms })
    },
    async train(settings, folder) {
      const trained = await asked.ask(child, { kind: 'train', settings, folder })
      if (trained === undefined) throw lost('it answered something else')
      return trained
    },
    close: () => end(lost('it was closed')),
  }
}

interface Waiting {
  resolve(result: Result): void
  reject(reason: Error): void
}

/** Keeps what the process was asked until it has answered, or will not any more. */
function createAsked() {
  const waiting = new Map<number, Waiting>()
  let ended: Error | undefined
  let lastId = 0

  return {
    ask(child: ChildProcess, work: Assignment): Promise<Result> {
      if (ended !== undefined) return Promise.reject(ended)
      const { promise, resolve, reject } = Promise.withResolvers<Result>()
      const id = ++lastId
      waiting.set(id, { resolve, reject })
      // A process that is gone reports its end by itself.
      child.send({ id, work }, () => {})
      return promise
    },
    receive(notice: Notice) {
      if (notice.kind !== 'done' && notice.kind !== 'failed') return
      const one = waiting.get(notice.id)
      waiting.delete(notice.id)
      if (notice.kind === 'done') one?.resolve(notice.result)
      else one?.reject(lost(notice.reason))
    },
    refuse(reason: Error) {
      ended ??= reason
      for (const one of waiting.values()) one.reject(ended)
      waiting.clear()
    },
  }
}

function lost(reason: string): AiosError {
  return new AiosError('workers.unavailable', `The trainer was lost: ${reason}.`)
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('The training was abandoned.', { cause: reason })
}

function entryOf(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]]
}
