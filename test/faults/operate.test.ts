import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import parse from 'parse-prometheus-text-format'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { daemonRoutes } from '../../contract/daemon-routes.ts'
import { operateRoutes } from '../../contract/operate-routes.ts'
import { repositoryRoutes } from '../../contract/repository-routes.ts'
import { openCollector, type Collector } from '../fixtures/collector.ts'
import { send } from '../http/served.ts'
import { createPlace, type Place, type Running } from './place.ts'

// One daemon, looked after as a person would.

const token = `ghp_${'Ab3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3hJ6'}`
let place: Place
let running: Running
let collector: Collector

beforeAll(async () => {
  collector = await openCollector()
  place = createPlace()
  mkdirSync(join(place.home, 'aios'), { recursive: true })
  writeFileSync(place.folders.configFile, `daemon: {telemetry: {endpoint: "${collector.endpoint}"}}\n`)
  writeFileSync(join(place.repository, 'tide.md'), 'The tide turns at noon.\n')
  place.git('add', 'tide.md')
  place.git('commit', '-qm', 'Note the umbrageous tide')
  running = await place.daemon()
  place.aios(['init', '--hooks', 'auto'])
})
afterAll(async () => {
  await place.clear()
  collector.close()
})

const get = (path: string, headers: Record<string, string> = {}) =>
  send(place.folders.socket, 'GET', path, undefined, headers)

async function figures(): Promise<(name: string, labels?: Record<string, string>) => number> {
  const { status, type, text } = await get('/metrics', { accept: 'application/openmetrics-text, text/plain' })
  expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
  const families = parse(text)
  return (name, labels = {}) => {
    const found = families.find((family) => family.name === name)?.metrics ?? []
    const one = found.find((metric) =>
      Object.entries(labels).every(([label, value]) => metric.labels?.[label] === value),
    )
    return Number(one?.value)
  }
}

test('health says alive and nothing else; readiness says that everything can be searched', async () => {
  expect((await get('/healthz')).body).toEqual({ alive: true })
  await running.until(({ pending }) => pending === 0)
  expect(await get('/readyz')).toMatchObject({ status: 200, body: { ready: true } })
})

test('figures tell of commands, memory, repositories and pending commits', async () => {
  await get('/v1/status')
  await get('/v1/nowhere')
  const figure = await figures()
  expect(figure('aios_commands_total', { route: 'status', status: '200' })).toBeGreaterThan(0)
  expect(figure('aios_commands_total', { route: 'unknown', status: '404' })).toBe(1)
  expect(figure('aios_process_resident_memory_bytes', { process: 'daemon' })).toBeGreaterThan(10_000_000)
  expect(figure('aios_repositories', { state: 'ready' })).toBe(1)
  const [repository] = (await running.status()).repositories
  expect(figure('aios_commits_pending', { repository: repository?.id ?? '' })).toBe(0)
  expect(figure('aios_queue_age_seconds')).toBeLessThan(120)
})

test('a trace goes with a request: into problems, facts and spans', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const traceparent = `00-${traceId}-00f067aa0ba902b7-01`
  const problem = await get('/v1/repositories/none', { traceparent })
  expect(problem.body).toMatchObject({ status: 404, traceId })
  expect((await get('/v1/repositories/none', { traceparent: 'nonsense' })).body['traceId']).not.toBe(traceId)

  const other = join(place.home, 'other')
  mkdirSync(other)
  execFileSync('git', ['init', '-q', other])
  const body = JSON.stringify({ path: other })
  const json = { 'content-type': 'application/json', prefer: 'wait=60', traceparent }
  const added = await send(place.folders.socket, 'POST', '/v1/repositories', body, json)
  expect(added).toMatchObject({ status: 200, body: { repository: { id: expect.any(String) } } })
  const facts = []
  for await (const fact of running.client.stream(daemonRoutes.events, {})) facts.push(fact)
  const registered = facts.filter(({ type }) => type === 'repository.registered')
  expect(registered.map((fact) => fact.traceId)).toEqual([expect.any(String), traceId])
  const repository = String(Object(added.body['repository']).id)
  await running.client.call(repositoryRoutes.forgetRepository, { repository, purge: true })

  const sent = () => collector.spans().filter((span) => span['traceId'] === traceId)
  while (!sent().some((span) => span['name'] === 'addRepository')) await sleep(50)
  const spans = sent()
  expect(spans.find(({ name }) => name === 'repository')).toMatchObject({ parentSpanId: '00f067aa0ba902b7' })
  expect(spans.map(({ name }) => name)).toContain('addRepository')
})

test('what is decided is recorded: verdicts for git, plugins, settings; and the chain is whole', async () => {
  expect(place.aios(['plugin', 'enable', 'large-files', '--enforce', '--anyway']).code).toBe(0)
  place.git('commit', '-q', '--allow-empty', '-m', 'note the ebb')
  expect(place.aios(['config', 'set', 'hooks.timeoutMs', '900']).code).toBe(0)
  const entries = []
  for await (const entry of running.client.stream(operateRoutes.auditEntries, {})) entries.push(entry)
  expect(entries.map(({ kind, decision }) => `${kind} ${decision}`)).toEqual(
    expect.arrayContaining(['plugin.approval enabled', 'hook.verdict allow', 'policy.change set']),
  )
  const { stdout } = place.aios(['audit', 'head'])
  expect(place.aios(['audit', 'verify', '--head', stdout.trim()]).code).toBe(0)
  expect((await figures())('aios_audit_entries')).toBeGreaterThanOrEqual(entries.length)
  expect((await figures())('aios_hook_verdicts_total', { hook: 'pre-commit', decision: 'allow' })).toBe(1)

  const file = join(place.folders.state, 'audit.ndjson')
  const change = (from: string, to: string) => {
    writeFileSync(file, readFileSync(file, 'utf8').replace(`"decision":"${from}"`, `"decision":"${to}"`))
  }
  change('enabled', 'disabled')
  const broken = place.aios(['audit', 'verify'])
  expect(broken.code).toBe(1)
  expect(broken.stdout).toContain('it was changed after it was written')
  change('disabled', 'enabled')
  expect(place.aios(['audit', 'verify']).code).toBe(0)
})

test('a bundle holds no secret, no home folder and nothing that was committed', async () => {
  const log = place.folders.logFile
  mkdirSync(join(place.folders.state, 'logs'), { recursive: true })
  const address = `https://ada:${'hunter2'}@example.com/tide.git`
  writeFileSync(log, `{"level":40,"msg":"${token} of ${place.home}/tide at ${address}"}\n`)
  const bundle = join(place.home, 'bundle.tar.gz')
  expect(place.aios(['doctor', '--bundle', bundle]).code).toBe(0)
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'))
  execFileSync('tar', ['xzf', bundle, '-C', folder])
  const files = readdirSync(folder)
  expect(files).toEqual(expect.arrayContaining(['README.txt', 'versions.json', 'status.json', 'daemon.log']))
  const bytes = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
  for (const absent of [token, 'hunter2', place.home, 'umbrageous', 'turns at noon'])
    expect(bytes).not.toContain(absent)
  expect(bytes).toContain('[redacted:github]')
  expect(bytes).toContain('~/tide')
  expect(place.aios(['doctor', '--bundle', bundle]).stderr).toContain('exists already')
})

test('a daemon from a full backup answers as the one that was backed up', async () => {
  const asked = ['recall', 'umbrageous tide', '--json'] as const
  // A score ages with the commit.
  const withoutTime = ({ stdout }: { stdout: string }) => stdout.replace(/"(tookMs|score)": [\d.]+/g, '')
  const before = place.aios(asked)
  const archive = join(place.home, 'backup.tar.gz')
  expect(place.aios(['backup', '--full', archive]).code).toBe(0)
  const { id } = (await running.status()).repositories[0] ?? { id: '' }
  place.aios(['repo', 'forget', id])

  const restored = place.aios(['restore', archive, '--json'])
  expect(restored).toMatchObject({ code: 0, data: { restored: true, full: true } })
  expect(withoutTime(place.aios(asked))).toBe(withoutTime(before))
  expect(place.aios(['audit', 'verify']).code).toBe(0)
  expect(place.aios(['audit', 'list']).stdout).toContain('state.restored')
})
