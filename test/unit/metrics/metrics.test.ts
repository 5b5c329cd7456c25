import parse, { type Family } from 'parse-prometheus-text-format'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createMetrics, type Metrics } from '../../../daemon/metrics/metrics.ts'

let metrics: Metrics
beforeEach(() => void (metrics = createMetrics('1.2.3')))
afterEach(() => metrics.close())

async function families(): Promise<Map<string, Family>> {
  const text = await metrics.text()
  expect(text).toMatch(/\n$/)
  return new Map(parse(text).map((family) => [family.name, family]))
}

async function valueOf(name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
  const found = (await families()).get(name)?.metrics.find((one) => matches(one.labels ?? {}, labels))
  return found?.value === undefined ? undefined : Number(found.value)
}

const matches = (labels: Readonly<Record<string, string>>, wanted: Record<string, string>) =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value)

test('what is counted is what a collector reads', async () => {
  metrics.commandAnswered('recall', 200, 0.003)
  metrics.commandAnswered('recall', 200, 0.3)
  metrics.commandAnswered('recall', 404, 0.001)
  metrics.commandAnswered('events', 200, undefined)
  metrics.hookDecided('pre-commit', 'deny', 0.02)
  metrics.listenerFailed('pre-commit', 'timeout')
  metrics.webSocketDropped(7)
  metrics.restarted('workers')

  expect(await valueOf('aios_commands_total', { route: 'recall', status: '200' })).toBe(2)
  expect(await valueOf('aios_commands_total', { route: 'recall', status: '404' })).toBe(1)
  expect(await valueOf('aios_hook_verdicts_total', { hook: 'pre-commit', decision: 'deny' })).toBe(1)
  expect(await valueOf('aios_hook_listener_failures_total', { status: 'timeout' })).toBe(1)
  expect(await valueOf('aios_websocket_dropped_total')).toBe(7)
  expect(await valueOf('aios_process_restarts_total', { process: 'workers' })).toBe(1)
  expect(await valueOf('aios_build_info', { version: '1.2.3' })).toBe(1)
  expect((await families()).get('aios_command_duration_seconds')?.type).toBe('HISTOGRAM')
  // Of histograms with labels, the parser keeps no labels.
  const text = await metrics.text()
  expect(text).toContain('aios_command_duration_seconds_bucket{le="0.0025",route="recall"} 1\n')
  expect(text).toContain('aios_command_duration_seconds_bucket{le="0.005",route="recall"} 2\n')
  expect(text).toContain('aios_command_duration_seconds_bucket{le="+Inf",route="recall"} 3\n')
  expect(text).toContain('aios_command_duration_seconds_count{route="recall"} 3\n')
  expect(text).not.toMatch(/duration_seconds\w+\{[^}]*route="events"/)
})

test('every figure has help and a type, and a name of Prometheus’ making', async () => {
  for (const { name, help, type } of (await families()).values()) {
    expect(name).toMatch(/^(aios|process)_[a-z_]+$/)
    expect(help).toMatch(/\.$/)
    expect(['COUNTER', 'GAUGE', 'HISTOGRAM']).toContain(type)
    expect(name.endsWith('_total')).toBe(type === 'COUNTER')
  }
})

test('labels are few, whatever they are given', async () => {
  for (let count = 0; count < 1000; count++) {
    metrics.commandAnswered(`route-${count}`, 404, 0.001)
    metrics.hookDecided(`schedule:night-${count}`, 'allow', 0.001)
    metrics.hookDecided(`hook-${count}`, 'allow', 0.001)
  }
  const repositories = Array.from({ length: 500 }, (_, index) => ({
    repository: `r-${index}`,
    pending: 1,
    state: 'ready' as const,
  }))
  metrics.read(() => ({ repositories }))
  expect(await valueOf('aios_commands_total', { route: 'unknown', status: '404' })).toBe(1000)
  expect((await families()).get('aios_hook_verdicts_total')?.metrics).toHaveLength(2)
  expect((await families()).get('aios_commits_pending')?.metrics).toHaveLength(201)
  expect(await valueOf('aios_commits_pending', { repository: 'others' })).toBe(300)
  expect(await valueOf('aios_repositories', { state: 'ready' })).toBe(500)
})

test('what is read is asked anew each time, until it is not any more', async () => {
  let pending = 4
  const stop = metrics.read(async () => ({
    repositories: [{ repository: 'tide', pending: pending--, state: 'reading' }],
    memory: [{ process: 'plugins', bytes: 11 }],
    queueAgeSeconds: 3,
    auditEntries: 9,
    webSockets: 2,
  }))
  expect(await valueOf('aios_commits_pending', { repository: 'tide' })).toBe(4)
  expect(await valueOf('aios_commits_pending', { repository: 'tide' })).toBe(3)
  expect(await valueOf('aios_process_resident_memory_bytes', { process: 'plugins' })).toBe(11)
  expect(await valueOf('aios_queue_age_seconds')).toBe(3)
  expect(await valueOf('aios_audit_entries')).toBe(9)
  expect(await valueOf('aios_websocket_clients')).toBe(2)
  stop()
  expect(await valueOf('aios_commits_pending', { repository: 'tide' })).toBeUndefined()
})

test('a loop that was held up shows it', async () => {
  await metrics.text()
  await new Promise((resolve) => setTimeout(resolve, 60))
  const until = performance.now() + 300
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect(await valueOf('aios_event_loop_lag_seconds', { quantile: '1' })).toBeGreaterThan(0.2)
})
