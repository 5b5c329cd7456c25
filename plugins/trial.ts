import { randomUUID } from 'node:crypto'
import { AiosError } from '../contract/errors.ts'
import { hookOf } from '../contract/hooks.ts'
import type { TrialReport, TrialRun } from '../contract/plugin-answers.ts'
import { settingsOf } from './config-schema.ts'
import { falseBlocksOf } from './false-blocks.ts'
import { readPluginFolder, type PluginFolder } from './folder.ts'
import type { Instance } from './instance.ts'
import type { TrialOptions } from './asked.ts'
import type { PluginPort, PluginRecords } from './port.ts'
import { answersAsRecorded, runPlugin, type Ran } from './run.ts'
import type { Sandbox } from './sandbox.ts'
import { sandboxed } from './sandboxed.ts'
import { readTrialEvents, type TrialEvent, type Tried } from './trial-events.ts'
import { answersFor, nothingAlong } from './trial-host.ts'

/** What plugins are tried out with. */
export interface TrialParts {
  readonly sandbox: Sandbox
  readonly port: PluginPort
  readonly records: PluginRecords
  readonly now: () => number
}

const deadlineMs = 5_000
const mostRecorded = 20
const mostShown = 20

/**
 * Runs a folder’s plugin in the sandbox over its own events, over recorded ones, and over the last commits.
 *
 * It need not be approved, so it is given little: it reads blobs and memory if it asks for that, what it keeps is
 * thrown away, and neither files nor the network are there.
 */
export async function tryPlugin(
  { path, repository, history = 0, config = {} }: TrialOptions,
  parts: TrialParts,
  signal: AbortSignal,
): Promise<TrialReport> {
  const folder = await readPluginFolder(path, signal)
  if (history > 0 && repository === undefined)
    throw new AiosError(
      'repository.unknown',
      'There is no history here: this is no repository that aios remembers.',
    )
  const instance = trialInstance(folder, JSON.stringify(settingsOf(folder.manifest.config, config)))
  await parts.sandbox.load(sandboxed(instance), signal).catch((error: unknown) => {
    throw namedAs(folder.manifest.id, instance.key, error)
  })
  try {
    const trying = { instance, repository, parts, signal }
    const events = [...(await runOwn(trying)), ...(await runRecorded(trying))]
    const past = await runHistory(trying, history)
    if (history > 0) remember(folder, repository, past, parts)
    const isPassed =
      events.every(({ status, isExpected = true }) => status === 'ok' && isExpected) && past.failures === 0
    return { plugin: statusOf(folder), isPassed, events, history: past }
  } finally {
    await parts.sandbox.unload(instance.key)
  }
}

function trialInstance(folder: PluginFolder, config: string): Instance {
  const key = `trial ${randomUUID()}`
  const quiet = ['git:read', 'memory:read', 'memory:write', 'kv']
  const permissions = folder.manifest.permissions.filter(({ name }) => quiet.includes(name))
  return { key, folder, group: key, scope: '', permissions, mode: 'shadow', config }
}

/** Names the plugin in an error by what its author calls it. */
function namedAs(id: string, key: string, error: unknown): unknown {
  if (!(error instanceof AiosError)) return error
  return new AiosError(error.code, error.message.replaceAll(key, id), { cause: error })
}

interface Trying {
  readonly instance: Instance
  readonly repository: string | undefined
  readonly parts: TrialParts
  readonly signal: AbortSignal
}

async function runOwn(trying: Trying): Promise<TrialRun[]> {
  const runs: TrialRun[] = []
  for (const event of readTrialEvents(trying.instance.folder, trying.repository, trying.parts.now())) {
    for (const file of handlersOf(event.hook, trying.instance)) {
      const tried = await runEvent(event, file, trying)
      const isExpected = event.isExpected?.(tried)
      runs.push({ ...runOf(event.source, tried.ran), ...(isExpected === undefined ? {} : { isExpected }) })
    }
  }
  return runs
}

async function runRecorded(trying: Trying): Promise<TrialRun[]> {
  const { instance, parts, signal } = trying
  const runs: TrialRun[] = []
  for (const { hook, file } of instance.folder.manifest.handlers) {
    const recorded = parts.records.callsOfHook(hook, mostRecorded * 4)
    const events = [...new Map(recorded.map((call) => [`${call.time} ${call.event}`, call])).values()]
    for (const call of events.slice(0, mostRecorded)) {
      const { id, event, time, repository, hostCalls } = call
      const own = call.plugin === instance.folder.manifest.id
      const live = answersFor(nothingAlong, { ...trying, repository, root: undefined, time })
      const host = own ? { host: answersAsRecorded(hostCalls), transcript: live.transcript } : live
      const run = { id, instance, hook, handler: file, event, time, repository, deadlineMs, ...host }
      runs.push(runOf(id, await runPlugin(parts.sandbox, run, signal)))
    }
  }
  return runs
}

type History = TrialReport['history']

async function runHistory(trying: Trying, count: number): Promise<History> {
  const { instance, repository, parts, signal } = trying
  const denied: TrialRun[] = []
  let [calls, denials, falseBlocks, failures] = [0, 0, 0, 0]
  const gates = instance.folder.manifest.handlers.filter(({ hook }) => hookOf(hook).gate)
  if (repository === undefined || count === 0) return { ...falseBlocksOf(0, 0, 0), failures, denied }
  for (const { hook, file } of gates) {
    for await (const { oid, time, data, wasReverted } of parts.port.history(
      repository,
      hook,
      count,
      signal,
    )) {
      const about = { hook, source: oid, time, data, repository, root: undefined }
      const { ran } = await runEvent({ ...about, ...nothingAlong }, file, trying)
      calls += 1
      if (ran.call.status !== 'ok') failures += 1
      if (ran.call.decision === 'deny') {
        denials += 1
        falseBlocks += wasReverted ? 0 : 1
      }
      const isWorthShowing = ran.call.status !== 'ok' || ran.call.decision === 'deny'
      if (isWorthShowing && denied.length < mostShown) denied.push(runOf(oid, ran))
    }
  }
  return { ...falseBlocksOf(calls, denials, falseBlocks), failures, denied }
}

async function runEvent(event: TrialEvent, file: string, trying: Trying): Promise<Tried> {
  const { instance, parts, signal } = trying
  const { hook, data, time, repository, root } = event
  const host = answersFor(event, { ...trying, repository, root, time })
  const text = JSON.stringify(data)
  const about = { hook, handler: file, event: text, time, repository, deadlineMs }
  const ran = await runPlugin(parts.sandbox, { id: event.source, instance, ...about, ...host }, signal)
  return { ran, notes: host.notes().map(({ text: note }) => note) }
}

function handlersOf(hook: string, { folder }: Instance): string[] {
  return folder.manifest.handlers.filter((handler) => handler.hook === hook).map(({ file }) => file)
}

function runOf(source: string, { call, value }: Ran): TrialRun {
  const { hook, status, decision, message, wallMs } = call
  return { source, hook, status, decision, message, findings: findingsOf(value), wallMs }
}

function findingsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || !('findings' in value) || !Array.isArray(value.findings))
    return []
  return value.findings.slice(0, 20).map((finding: unknown) => {
    const isFinding = typeof finding === 'object' && finding !== null && 'message' in finding
    return isFinding ? String(finding.message) : ''
  })
}

function remember(
  { manifest, hash }: PluginFolder,
  repository: string | undefined,
  { calls, denials, falseBlocks }: History,
  { records, now }: TrialParts,
): void {
  records.addTrial({
    plugin: manifest.id,
    hash,
    repository: repository ?? '',
    calls,
    denials,
    falseBlocks,
    at: now(),
  })
}

function statusOf({ manifest, path, hash }: PluginFolder): TrialReport['plugin'] {
  const { id, name, version, description, permissions, handlers } = manifest
  const facts = { id, name, version, description, path, hash, requested: [...permissions], granted: [] }
  const hooks = handlers.map(({ hook }) => hook)
  return { ...facts, origin: 'user', state: 'unapproved', mode: 'shadow', hooks }
}
