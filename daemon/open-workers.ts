import type { Config } from '../contract/config.ts'
import { createWorkers, type Workers } from '../native-workers/supervisor.ts'
import type { Events } from './bus/events.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Observation } from './open-observation.ts'

/** What the workers are opened with. */
export interface WorkersGround {
  readonly settings: Pick<Config, 'daemon'>
  /** The program that the workers' process runs. */
  readonly workersEntry: URL
  readonly lifecycle: Lifecycle
}

/** Opens the workers; that they were lost becomes a fact, and is counted. */
export function openWorkers(
  { settings, workersEntry, lifecycle }: WorkersGround,
  events: Pick<Events, 'publish'>,
  { metrics, traces }: Pick<Observation, 'metrics' | 'traces'>,
): Workers {
  const { workerThreads } = settings.daemon
  const workers = createWorkers({
    entry: workersEntry,
    ...(workerThreads === 0 ? {} : { threads: workerThreads }),
    traceId: () => traces.current()?.traceId,
    onRestarted(reason) {
      metrics.restarted('workers')
      events.publish({ type: 'workers.restarted', data: { reason } })
    },
  })
  lifecycle.onClose('workers', () => workers.close())
  return workers
}
