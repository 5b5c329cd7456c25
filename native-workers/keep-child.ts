import { type Child, type ChildOptions, startChild } from './child.ts'
import type { Order, Report } from './messages.ts'

/** A process that is started when it is needed, and again when it was lost. */
export interface ChildKeeper {
  /** Whether an order can be sent now; not so for a moment after a loss. */
  isReady(): boolean
  send(order: Order): void
  kill(reason: string): void
  /** Ends the process until the next order. */
  retire(deadlineMs: number): Promise<void>
  /** Never starts another process. */
  close(deadlineMs: number): Promise<void>
  state(): { readonly pid: number | undefined; readonly restarts: number; readonly rssBytes: number }
}

/** What a keeper needs to know. */
export interface ChildKeeperOptions extends Pick<ChildOptions, 'entry' | 'threads' | 'execArgv'> {
  readonly rssLimitBytes: number
  readonly onReport: (report: Report) => void
  /** Called when the process was lost, with all that it was sent. */
  readonly onLost: (reason: string) => void
  /** Called when orders can be sent again. */
  readonly onReady: () => void
}

const firstDelayMs = 50
const longestDelayMs = 2_000

/** Creates a keeper, which waits longer from loss to loss until a process has done something. */
export function createChildKeeper(options: ChildKeeperOptions): ChildKeeper {
  let child: Child | undefined
  let restarts = 0
  let lossesInARow = 0
  let rssBytes = 0
  let isClosed = false
  let pause: NodeJS.Timeout | undefined

  const start = (): Child => {
    const started: Child = startChild({
      ...options,
      onReport: (report) => child === started && receive(started, report),
      onEnd: (reason) => child === started && recover(reason),
    })
    return started
  }

  const receive = (from: Child, report: Report) => {
    if (report.kind === 'done') lossesInARow = 0
    if (report.kind === 'memory') rssBytes = report.rssBytes
    if (rssBytes > options.rssLimitBytes) from.kill(`it took ${rssBytes} bytes of memory`)
    options.onReport(report)
  }

  const recover = (reason: string) => {
    forget()
    restarts += 1
    const delayMs = Math.min(firstDelayMs * 2 ** lossesInARow, longestDelayMs)
    lossesInARow += 1
    pause = setTimeout(() => {
      pause = undefined
      options.onReady()
    }, delayMs)
    options.onLost(reason)
  }

  const forget = (): Child | undefined => {
    const last = child
    child = undefined
    rssBytes = 0
    return last
  }

  return {
    isReady: () => pause === undefined && !isClosed,
    send(order) {
      child ??= start()
      child.send(order)
    },
    kill: (reason) => child?.kill(reason),
    retire: async (deadlineMs) => forget()?.stop(deadlineMs),
    async close(deadlineMs) {
      isClosed = true
      clearTimeout(pause)
      await forget()?.stop(deadlineMs)
    },
    state: () => ({ pid: child?.pid, restarts, rssBytes }),
  }
}
