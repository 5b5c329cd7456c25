import { availableParallelism } from 'node:os'
import { AiosError } from '../contract/errors.ts'
import type { Digested, Texts } from './digest.ts'
import { createChildKeeper } from './keep-child.ts'
import type { EncodeSettings } from './learned-encode.ts'
import type { Report } from './messages.ts'
import { createTaskQueue } from './task-queue.ts'

/** Does heavy work in a process of its own, which may die without harm. */
export interface Workers {
  /**
   * Returns what became of the texts, which must not be changed meanwhile.
   *
   * Waits while enough is under way. Texts that were lost with the process are sent again, five times in
   * all. A signal ends the wait; work that has begun goes on, and its result is thrown away.
   */
  digest(texts: Texts, settings: EncodeSettings, signal: AbortSignal): Promise<Digested>
  state(): WorkersState
  /** Refuses what waits, gives what runs a moment to end, and ends the process. */
  close(): Promise<void>
}

/** How the workers are. */
interface WorkersState {
  /** The process, if one runs: none does while there is nothing to do. */
  readonly pid: number | undefined
  /** How often a process was lost. */
  readonly restarts: number
  /** What the process took when it last said so; 0 without one. */
  readonly rssBytes: number
}

/** What may be decided about the workers. */
export interface WorkersOptions {
  /** The file that the process runs. */
  readonly entry: URL
  readonly threads?: number
  /** How long the process stays when there is nothing to do. */
  readonly idleMs?: number
  /** A task that takes longer hangs, and the process with it. */
  readonly taskMs?: number
  readonly closeMs?: number
  readonly rssLimitBytes?: number
  readonly execArgv?: readonly string[]
  readonly onRestarted: (reason: string) => void
  /** Returns the trace that the caller of `digest` is part of. */
  readonly traceId?: () => string | undefined
}

const mostThreads = 4

/** Creates workers. Their process starts with the first task. */
export function createWorkers(options: WorkersOptions): Workers {
  const { idleMs = 10_000, taskMs = 60_000, closeMs = 2_000 } = options
  const threads = options.threads ?? Math.min(availableParallelism(), mostThreads)
  const queue = createTaskQueue(threads * 2)
  let idle: NodeJS.Timeout | undefined
  let isClosed = false

  const watchdogs = createWatchdogs(taskMs, (reason) => keeper.kill(reason))
  const keeper = createChildKeeper({
    entry: options.entry,
    threads,
    execArgv: options.execArgv ?? [],
    rssLimitBytes: options.rssLimitBytes ?? 640 * 2 ** 20,
    onReport: (report) => receive(report),
    onLost(reason) {
      watchdogs.clear()
      queue.lost(reason)
      options.onRestarted(reason)
    },
    onReady: () => pump(),
  })

  const pump = () => {
    clearTimeout(idle)
    while (keeper.isReady()) {
      const task = queue.next()
      if (task === undefined) break
      watchdogs.watch(task.id)
      keeper.send(task)
    }
    if (queue.isEmpty()) idle = setTimeout(() => void keeper.retire(closeMs), idleMs).unref()
  }

  const receive = (report: Report) => {
    if (report.kind === 'memory') return
    watchdogs.leave(report.id)
    if (report.kind === 'done') queue.done(report.id, report.digested)
    else queue.failed(report.id, report.reason)
    if (!isClosed) pump()
  }

  return {
    digest(texts, settings, signal) {
      if (isClosed) return Promise.reject(new AiosError('workers.unavailable', 'The workers are closed.'))
      const result = queue.add({ texts, settings, ...traceIn(options) }, signal)
      pump()
      return result
    },

    state: () => keeper.state(),

    async close() {
      isClosed = true
      clearTimeout(idle)
      await queue.close(closeMs)
      watchdogs.clear()
      await keeper.close(closeMs)
    },
  }
}

function traceIn({ traceId }: WorkersOptions): { traceId?: string } {
  const current = traceId?.()
  return current === undefined ? {} : { traceId: current }
}

function createWatchdogs(taskMs: number, onHang: (reason: string) => void) {
  const timers = new Map<number, NodeJS.Timeout>()
  return {
    watch(id: number) {
      timers.set(
        id,
        setTimeout(() => onHang(`task ${id} took longer than ${taskMs} ms`), taskMs),
      )
    },
    leave(id: number) {
      clearTimeout(timers.get(id))
      timers.delete(id)
    },
    clear() {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    },
  }
}
