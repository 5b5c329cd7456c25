import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How late the event loop was, in seconds. */
export interface LoopLag {
  readonly worst: number
  readonly p99: number
}

const resolutionMs = 20

/** Creates what measures how late the event loop is. It begins when it is first asked: an idle daemon should sleep. */
export function createLoopGauge(): { take(): LoopLag; close(): void } {
  let histogram: ReturnType<typeof monitorEventLoopDelay> | undefined
  return {
    take() {
      if (histogram === undefined) {
        histogram = monitorEventLoopDelay({ resolution: resolutionMs })
        histogram.enable()
        return { worst: 0, p99: 0 }
      }
      const lag = { worst: lateness(histogram.max), p99: lateness(histogram.percentile(99)) }
      histogram.reset()
      return lag
    },
    close: () => void histogram?.disable(),
  }
}

/** What is measured is the whole wait between two looks, in nanoseconds; the part that was asked for is no lag. */
function lateness(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - resolutionMs / 1e3)
}
