import { fork } from 'node:child_process'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { describeEnd } from './process-end.ts'
import { isReport, type Order, type Report } from './messages.ts'

/** The workers' process while it lives. */
export interface Child {
  readonly pid: number | undefined
  send(order: Order): void
  /** Ends it at once; the reason is handed on. */
  kill(reason: string): void
  /** Lets it end by itself, and ends it when it has not after the time. */
  stop(deadlineMs: number): Promise<void>
}

export interface ChildOptions {
  readonly entry: URL
  readonly threads: number
  readonly execArgv: readonly string[]
  readonly onReport: (report: Report) => void
  /** Called once, whatever ended it. */
  readonly onEnd: (reason: string) => void
}

const heapLimits = ['--max-old-space-size=256', '--max-semi-space-size=4']
const errorTail = 2_000
// What Windows cannot start a process without; nothing else of the daemon's environment is anybody's business.
const kept = ['SystemRoot', 'TEMP', 'TMP', 'TMPDIR']

/** Starts the workers' process. */
export function startChild({ entry, threads, execArgv, onReport, onEnd }: ChildOptions): Child {
  const child = fork(entry, [String(threads)], {
    env: Object.fromEntries(kept.flatMap((name) => pair(name, process.env[name]))),
    execArgv: [...execArgv, ...heapLimits],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let reason: string | undefined
  let complaint = ''
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  let isOver = false
  const end = (how: string) => {
    if (isOver) return
    isOver = true
    onEnd(reason ?? how)
    resolve()
  }

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-errorTail)
  })
  child.on('message', (message) => {
    if (isReport(message)) onReport(message)
  })
  child.once('error', (error) => end(`it could not be started: ${error.message}`))
  child.once('exit', (code, signal) => end(describeEnd(code, signal, complaint)))

  return {
    pid: child.pid,
    send(order) {
      // A child that is gone reports its end by itself; the order is sent again to the next one.
      child.send(order, () => {})
    },
    kill(why) {
      reason ??= why
      child.kill('SIGKILL')
    },
    async stop(deadlineMs) {
      if (child.connected) child.disconnect()
      await Promise.race([ended, delay(deadlineMs, undefined, { ref: false })])
      child.kill('SIGKILL')
      await ended
    },
  }
}

function pair(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]]
}
