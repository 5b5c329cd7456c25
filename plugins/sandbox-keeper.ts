import type { Order, Report } from './host/messages.ts'
import { textLimits } from './host/limits.ts'
import { type SandboxChild, startSandboxChild } from './sandbox-child.ts'

/** Why a process was lost: killed for a call's deadline, for its memory, for what is known, or by itself. */
export type LossCause = 'deadline' | 'memory' | 'known' | 'crash'

/** The process of a group: started when needed, watched while busy, replaced when lost. */
export interface ChildKeeper {
  start(): void
  isReady(): boolean
  send(order: Order): void
  /** Says that the process has loaded the plugin. */
  add(plugin: string): void
  has(plugin: string): boolean
  forget(plugin: string): void
  kill(cause: LossCause): void
  /** Watches the memory of the process for as long as it is busy. */
  watch(): void
  /** Ends the process until it is needed again. */
  retire(): void
  pid(): number | undefined
  close(): Promise<void>
}

/** What a keeper needs to know. */
export interface ChildKeeperOptions {
  readonly entry: URL
  readonly isBusy: () => boolean
  readonly rssLimitBytes: () => number
  readonly onReady: () => void
  readonly onReport: (report: Report) => void
  readonly onLost: (cause: LossCause, reason: string) => void
  /** Called when no process can be had. */
  readonly onUnavailable: (reason: string) => void
}

interface Life {
  readonly child: SandboxChild
  readonly loaded: Set<string>
  /** Watches the memory for as long as the process is busy. */
  readonly watch: () => void
  isReady: boolean
  cause: LossCause
  reason: string | undefined
}

const startMs = 20_000
const watchMs = 20
const mostFailedStarts = 3
// A character of a result takes six bytes at worst, when it is escaped within JSON within JSON.
const mostReportBytes = 6 * textLimits.mostHostCharacters

/** Creates a keeper without a process. */
export function createChildKeeper(options: ChildKeeperOptions): ChildKeeper {
  let ending: Promise<unknown> = Promise.resolve()
  let life: Life | undefined
  let failedStarts = 0
  let isClosed = false
  const start = () => {
    if (life !== undefined || isClosed) return
    const started: Life = openLife(options, {
      onReport: (report) => life === started && receive(started, report),
      onEnd: (reason) => life === started && recover(started, reason),
    })
    life = started
    ending = Promise.all([ending, started.child.gone])
  }

  const receive = (from: Life, report: Report) => {
    if (report.kind === 'unavailable') from.child.kill()
    if (report.kind === 'unavailable') return options.onUnavailable(report.reason)
    if (report.kind === 'ready') {
      from.isReady = true
      failedStarts = 0
      options.onReady()
    }
    return options.onReport(report)
  }

  const recover = (lost: Life, how: string) => {
    const reason = lost.reason ?? how
    end()
    failedStarts += lost.isReady ? 0 : 1
    if (failedStarts < mostFailedStarts) return options.onLost(lost.cause, reason)
    failedStarts = 0
    return options.onUnavailable(`Their process does not start: ${reason}.`)
  }

  const end = () => {
    life?.child.kill()
    life = undefined
  }

  return {
    start,
    isReady: () => life?.isReady === true && life.reason === undefined,
    send: (order) => life?.child.send(order),
    add: (plugin) => void life?.loaded.add(plugin),
    has: (plugin) => life?.loaded.has(plugin) === true,
    forget(plugin) {
      if (life?.loaded.delete(plugin) === true) life.child.send({ kind: 'unload', plugin })
    },
    kill: (cause) => life && kill(life, cause, `it was ended for a call (${cause})`),
    watch: () => life?.watch(),
    retire: end,
    pid: () => life?.child.pid,
    async close() {
      isClosed = true
      end()
      await ending
    },
  }
}

function openLife(
  options: ChildKeeperOptions,
  told: { readonly onReport: (report: Report) => void; readonly onEnd: (reason: string) => void },
): Life {
  const check = (rssBytes: number) => {
    const limit = options.rssLimitBytes()
    const sizes = `${megabytes(rssBytes)} MB of memory of ${megabytes(limit)}`
    if (rssBytes > limit) kill(life, 'memory', `it took ${sizes}`)
  }
  let isOver = false
  const child = startSandboxChild({
    entry: options.entry,
    mostReportBytes,
    onReport(report) {
      if (report.kind === 'pulse') check(child.rssBytes() ?? report.rssBytes)
      told.onReport(report)
    },
    onEnd(reason) {
      isOver = true
      clearTimeout(slow)
      told.onEnd(reason)
    },
  })
  const watch = createWatch(() => {
    check(child.rssBytes() ?? 0)
    return options.isBusy() && !isOver
  })
  const life: Life = { child, loaded: new Set(), watch, isReady: false, cause: 'crash', reason: undefined }
  const slow = setTimeout(() => life.isReady || kill(life, 'crash', 'it did not start'), startMs)
  return life
}

/** Returns what begins to look every few milliseconds, until a look says that there is nothing to see. */
function createWatch(look: () => boolean): () => void {
  let timer: NodeJS.Timeout | undefined
  return () => {
    timer ??= setInterval(() => {
      if (look()) return
      clearInterval(timer)
      timer = undefined
    }, watchMs)
  }
}

function kill(life: Life, cause: LossCause, reason: string): void {
  if (life.reason !== undefined) return
  life.cause = cause
  life.reason = reason
  life.child.kill()
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20)
}
