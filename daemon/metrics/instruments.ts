import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** From half a millisecond, in which a status is answered, to what somebody has given up on. */
const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** Creates every figure in a registry of its own. Their names and labels are public, and listed in docs/operations.md. */
export function createInstruments(version: string) {
  const registry = new Registry()
  const registers = [registry]
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter<L>({ name, help, labelNames, registers })
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge<L>({ name, help, labelNames, registers })
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Histogram<L>({ name, help, labelNames, registers, buckets: seconds })

  gauge('aios_build_info', 'Always 1; the version is its label.', ['version']).set({ version }, 1)
  gauge('process_start_time_seconds', 'When the daemon was started, in seconds since the epoch.', []).set(
    Math.round(performance.timeOrigin / 1000),
  )
  return {
    registry,
    commands: counter('aios_commands_total', 'Answers, by route and HTTP status.', ['route', 'status']),
    durations: histogram('aios_command_duration_seconds', 'How long answers took; streams are left out.', [
      'route',
    ]),
    verdicts: counter('aios_hook_verdicts_total', 'What came of hooks that somebody listened to.', [
      'hook',
      'decision',
    ]),
    hookDurations: histogram('aios_hook_duration_seconds', 'How long the listeners of a hook took.', [
      'hook',
    ]),
    listenerFailures: counter(
      'aios_hook_listener_failures_total',
      'Listeners that did not answer properly.',
      ['hook', 'status'],
    ),
    sockets: gauge('aios_websocket_clients', 'WebSocket clients that are connected.', []),
    drops: counter(
      'aios_websocket_dropped_total',
      'WebSocket clients that the daemon let go of: slow, silent, or against the rules.',
      [],
    ),
    restarts: counter('aios_process_restarts_total', 'Child processes that were lost.', ['process']),
    memory: gauge('aios_process_resident_memory_bytes', 'Resident memory, by kind of process.', ['process']),
    repositories: gauge('aios_repositories', 'Registered repositories, by what they are doing.', ['state']),
    pending: gauge('aios_commits_pending', 'Commits that memory does not hold whole yet.', ['repository']),
    queueAge: gauge(
      'aios_queue_age_seconds',
      'How long the catch-up that began first has been going on.',
      [],
    ),
    auditEntries: gauge('aios_audit_entries', 'Number of the newest entry of the audit chain.', []),
    loopLag: gauge(
      'aios_event_loop_lag_seconds',
      'How late timers were since the figures were read last; measured from the first reading on.',
      ['quantile'],
    ),
  }
}
