import type { Metrics, Readings } from './metrics/metrics.ts'
import type { Workers } from '../native-workers/supervisor.ts'
import type { HeldRepository } from './held-repository.ts'
import type { Repositories } from './repositories.ts'

/** What figures are read from. */
export interface FigureParts {
  readonly workers: Pick<Workers, 'state'>
  readonly repositories: Pick<Repositories, 'list'>
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Lets the metrics read what the daemon holds, whenever somebody looks at them; returns how to end that. */
export function readFigures(metrics: Metrics, { workers, repositories, now }: FigureParts): () => void {
  return metrics.read(() => {
    const all = repositories.list()
    const since = all.map((held) => held.current()?.remembered.progress.busySince ?? now())
    return {
      memory: [
        { process: 'daemon', bytes: process.memoryUsage.rss() },
        { process: 'workers', bytes: workers.state().rssBytes },
      ],
      repositories: all.map(readingsOf),
      queueAgeSeconds: Math.max(0, now() - Math.min(now(), ...since)) / 1000,
    }
  })
}

/** Nothing here looks at the disk: whoever collects figures does so every few seconds. */
function readingsOf(held: HeldRepository): Required<Readings>['repositories'][number] {
  const counts = held.current()?.remembered.counts()
  const repository = held.registration.id
  if (counts === undefined) return { repository, pending: 0, state: 'unavailable' }
  return { repository, pending: counts.pending, state: held.isReading() ? 'reading' : 'ready' }
}
