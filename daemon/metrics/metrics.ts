import { isHookName } from '../../contract/hooks.ts'
import { routes } from '../../contract/routes.ts'
import { createInstruments } from './instruments.ts'
import { createLoopGauge } from './loop.ts'

/** Counts what the daemon does. Nothing here waits, fails, or grows with what it is told. */
export interface Metrics {
  /** Counts an answer; a stream has no duration, because it ends when somebody has read enough. */
  commandAnswered(route: string, status: number, seconds: number | undefined): void
  hookDecided(hook: string, decision: 'allow' | 'deny', seconds: number): void
  /** Counts a listener that did not answer as it should. */
  listenerFailed(hook: string, status: 'timeout' | 'failed' | 'invalid' | 'refused'): void
  /** Counts WebSocket clients that the daemon let go of. */
  webSocketDropped(count: number): void
  /** Counts a process that was lost and started again. */
  restarted(process: ChildName): void
  /** Asks the source whenever the figures are; returns how to end that. */
  read(source: () => Promise<Readings> | Readings): () => void
  /** Returns all figures in Prometheus’ text format, 0.0.4. */
  text(): Promise<string>
  close(): void
}

/** The kinds of processes that the daemon keeps. */
export type ChildName = 'workers' | 'plugins'

/** Figures that are not counted but read. */
export interface Readings {
  readonly memory?: readonly { readonly process: 'daemon' | ChildName; readonly bytes: number }[]
  readonly repositories?: readonly {
    readonly repository: string
    /** Commits that memory does not hold whole yet. */
    readonly pending: number
    readonly state: 'ready' | 'reading' | 'unavailable'
  }[]
  /** How long what waits longest has been waiting; 0 when nothing does. */
  readonly queueAgeSeconds?: number
  readonly auditEntries?: number
  /** WebSocket clients that are connected. */
  readonly webSockets?: number
}

/** Repositories that are told apart; of more, the rest is one. */
const mostRepositories = 200

/** Creates the counters, each at zero. */
export function createMetrics(version: string): Metrics {
  const { registry, ...instruments } = createInstruments(version)
  const sources = new Set<() => Promise<Readings> | Readings>()
  const loop = createLoopGauge()

  async function look(): Promise<void> {
    const found = await Promise.all([...sources].map(async (source) => source()))
    instruments.memory.reset()
    for (const { process, bytes } of found.flatMap(({ memory = [] }) => memory))
      instruments.memory.inc({ process }, bytes)
    setRepositories(found.flatMap(({ repositories = [] }) => repositories))
    instruments.queueAge.set(Math.max(0, ...found.map(({ queueAgeSeconds = 0 }) => queueAgeSeconds)))
    instruments.auditEntries.set(Math.max(0, ...found.map(({ auditEntries = 0 }) => auditEntries)))
    instruments.sockets.set(Math.max(0, ...found.map(({ webSockets = 0 }) => webSockets)))
    const { worst, p99 } = loop.take()
    instruments.loopLag.set({ quantile: '1' }, worst)
    instruments.loopLag.set({ quantile: '0.99' }, p99)
  }

  function setRepositories(all: Required<Readings>['repositories']): void {
    instruments.pending.reset()
    instruments.repositories.reset()
    for (const state of ['ready', 'reading', 'unavailable'] as const)
      instruments.repositories.set({ state }, all.filter((one) => one.state === state).length)
    for (const [index, { repository, pending }] of all.entries())
      instruments.pending.inc({ repository: index < mostRepositories ? repository : 'others' }, pending)
  }

  return {
    commandAnswered(name, status, seconds) {
      const route = Object.hasOwn(routes, name) ? name : 'unknown'
      instruments.commands.inc({ route, status })
      if (seconds !== undefined) instruments.durations.observe({ route }, seconds)
    },
    hookDecided(name, decision, seconds) {
      const hook = nameOf(name)
      instruments.verdicts.inc({ hook, decision })
      instruments.hookDurations.observe({ hook }, seconds)
    },
    listenerFailed: (hook, status) => instruments.listenerFailures.inc({ hook: nameOf(hook), status }),
    webSocketDropped: (count) => instruments.drops.inc(count),
    restarted: (process) => instruments.restarts.inc({ process }),
    read(source) {
      sources.add(source)
      return () => void sources.delete(source)
    },
    async text() {
      await look()
      return registry.metrics()
    },
    close: () => loop.close(),
  }
}

/** Schedules may have any name, and are counted as one. */
function nameOf(hook: string): string {
  if (hook.startsWith('schedule:')) return 'schedule'
  return isHookName(hook) ? hook : 'unknown'
}
