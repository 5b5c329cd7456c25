import type { Config } from '../contract/config.ts'
import { AiosError } from '../contract/errors.ts'
import type { Watch } from './http/watch.ts'
import type { Lifecycle } from './lifecycle.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import { noSpans, type Spans } from './telemetry/spans.ts'
import { beginTrace, type Traces } from './telemetry/trace.ts'
import { version } from './version.ts'

/** What is counted and traced of the daemon. */
export interface Observation {
  readonly metrics: Metrics
  readonly traces: Traces
  readonly spans: Spans
  /** Watches what is asked over HTTP. */
  readonly watch: Watch
}

/** What an observation is opened with. */
export interface ObservationGround {
  readonly settings: Pick<Config, 'daemon'>
  readonly lifecycle: Lifecycle
  readonly traces: Traces
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Opens the counters, and the way to a collector where the user has named one. */
export async function openObservation(ground: ObservationGround): Promise<Observation> {
  const { settings, lifecycle, traces, now } = ground
  const metrics = createMetrics(version())
  lifecycle.onClose('metrics', metrics.close)
  const spans = await openSpans(settings.daemon.telemetry.endpoint)
  lifecycle.onClose('spans', spans.close)
  return { metrics, traces, spans, watch: createWatch(metrics, traces, spans, now) }
}

async function openSpans(endpoint: string): Promise<Spans> {
  if (endpoint === '') return noSpans
  const { exportSpans } = await import('./telemetry/export-spans.ts')
  return exportSpans({ endpoint, version: version() })
}

function createWatch(metrics: Metrics, traces: Traces, spans: Spans, now: () => number): Watch {
  return {
    answered: metrics.commandAnswered,
    async within({ route, actor, traceId, traceparent }, answer) {
      const trace = { ...beginTrace(traceId, traceparent), actor }
      const began = now()
      const record = (failure?: string) =>
        spans.record({
          name: route,
          trace,
          began,
          ended: now(),
          attributes: { 'aios.route': route },
          ...(failure === undefined ? {} : { failure }),
        })
      try {
        const answered = await traces.within(trace, answer)
        record()
        return answered
      } catch (error) {
        record(error instanceof AiosError ? error.code : 'internal')
        throw error
      }
    },
  }
}
