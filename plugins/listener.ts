import { createHash } from 'node:crypto'
import { AiosError } from '../contract/errors.ts'
import { hookOf, type HookName } from '../contract/hooks.ts'
import type { PluginCall, PluginLine } from '../contract/plugin.ts'
import type { Listener } from '../daemon/bus/hooks.ts'
import type { Breaker } from './breaker.ts'
import type { Broker } from './broker.ts'
import type { Instance } from './instance.ts'
import type { HookHandler } from './manifest.ts'
import type { PluginPort, PluginRecords } from './port.ts'
import type { Recorder } from './recorder.ts'
import { brokered, runPlugin, type Ran } from './run.ts'
import type { Sandbox } from './sandbox.ts'

/** What all listeners share. */
export interface ListenerParts {
  readonly sandbox: Sandbox
  readonly broker: Broker
  readonly port: PluginPort
  readonly records: PluginRecords
  readonly recorder: Recorder
  readonly now: () => number
}

/** A plugin’s own part: its instance, and how it has done so far. */
export interface ListenerState {
  readonly instance: Instance
  readonly breaker: Breaker
  /** Loads the plugin when it is not loaded yet. */
  ready(): Promise<void>
  /** Says whether events about this repository are for the instance. */
  concerns(repository: string | undefined): boolean
  /** Processor time of this hour. */
  readonly used: { hour: number; cpuMs: number }
  /** What it failed at last, to be tried again before it is asked anew. */
  lastFailure: PluginCall | undefined
}

const gateMs = 2_000
const otherMs = 10_000
/** The bus waits longer than the sandbox, which says better what happened. */
const slackMs = 3_000
const hourMs = 3_600_000

/** Returns what listens to a hook in a plugin’s name. */
export function listenerFor(handler: HookHandler, state: ListenerState, parts: ListenerParts): Listener {
  const { instance } = state
  const { hook, priority, once, filter, file } = handler
  const deadlineMs = handler.timeoutMs ?? (hookOf(hook).gate ? gateMs : otherMs)
  return {
    id: instance.key,
    timeoutMs: deadlineMs + slackMs,
    mode: instance.mode,
    ...(priority === undefined ? {} : { priority }),
    ...(once === undefined ? {} : { once }),
    ...(filter === undefined ? {} : { filter }),
    async handle(call, signal) {
      const place = placeOf(call.data)
      const repository = place.name === undefined ? undefined : await parts.port.repositoryOf(place.name)
      if (!state.concerns(repository)) return undefined
      const about = { repository, root: place.root, time: call.time }
      await state.ready()
      await prove(state, parts, deadlineMs, signal)
      spendable(state, parts.now())
      const id = createHash('sha256').update(`${call.id}\n${instance.key}`).digest('hex').slice(0, 16)
      const log = (level: string, message: string) => {
        const plugin = instance.folder.manifest.id
        parts.recorder.line({ plugin, repository: repository ?? '', time: parts.now(), level, message })
      }
      const host = brokered(parts.broker, instance, about, parts.records, log)
      const event = JSON.stringify(call.data)
      const run = { id, instance, hook: call.hook, handler: file, event, deadlineMs, ...about, ...host }
      return conclude(await runPlugin(parts.sandbox, run, signal), state, parts)
    },
  }
}

/**
 * A plugin that has rested is asked once more what it failed at, and only then anything new. When it fails again, the
 * next time it has rested it is asked what is new: one event that it cannot bear must not silence it for ever.
 */
async function prove(
  state: ListenerState,
  parts: ListenerParts,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { breaker, instance, lastFailure } = state
  const stands = breaker.state()
  if (stands === 'closed' || (stands === 'probe' && lastFailure === undefined)) return
  if (stands === 'probe' && lastFailure !== undefined) {
    const { id, event, time, handler, repository } = lastFailure
    const hook = hookNamed(lastFailure, instance)
    const about = { repository, root: undefined, time }
    const host = brokered(parts.broker, instance, about, parts.records, () => {})
    const again = { id, instance, hook, handler, event, deadlineMs, ...about, ...host }
    const { call } = await runPlugin(parts.sandbox, again, signal)
    state.used.cpuMs += call.cpuMs
    state.lastFailure = undefined
    parts.recorder.line(proofOf(call, instance, parts.now()))
    if (call.status === 'ok') return breaker.succeeded()
    breaker.failed()
  }
  const until = new Date(breaker.openUntil()).toISOString()
  throw new AiosError('plugin.paused', `${instance.key} failed too often and rests until ${until}.`)
}

/** What is asked once more is no new call, and would else leave no trace in the plugin’s log. */
function proofOf(
  { id, repository, status, message }: PluginCall,
  { folder }: Instance,
  time: number,
): PluginLine {
  const isGood = status === 'ok'
  const result = isGood ? 'went well' : `failed again: ${message}`
  return {
    plugin: folder.manifest.id,
    repository,
    time,
    level: isGood ? 'info' : 'warn',
    message: `aios ran call ${id} once more; it ${result}`,
  }
}

function hookNamed({ hook }: PluginCall, { folder }: Instance): HookName {
  const handler = folder.manifest.handlers.find((one) => one.hook === hook)
  if (handler === undefined) throw new AiosError('plugin.failed', `Nothing handles ${hook} any more.`)
  return handler.hook
}

function spendable({ instance, used }: ListenerState, now: number): void {
  const hour = Math.floor(now / hourMs)
  if (used.hour !== hour) Object.assign(used, { hour, cpuMs: 0 })
  const { cpuMsPerHour } = instance.folder.manifest
  if (used.cpuMs < cpuMsPerHour) return
  const message = `${instance.key} has used the ${cpuMsPerHour} ms of processor time that it has in an hour.`
  throw new AiosError('plugin.limit', message)
}

function conclude(
  { call, value, isBlamed }: Ran,
  state: ListenerState,
  { recorder }: ListenerParts,
): unknown {
  recorder.call(call)
  state.used.cpuMs += call.cpuMs
  if (call.status === 'ok') {
    state.breaker.succeeded()
    return value
  }
  if (isBlamed) {
    state.breaker.failed()
    state.lastFailure = call.isWhole ? call : state.lastFailure
  }
  throw new AiosError('plugin.failed', call.message)
}

/** Returns which repository an event is about, and in which worktree it happened. */
function placeOf(data: unknown): { readonly name: string | undefined; readonly root: string | undefined } {
  if (typeof data !== 'object' || data === null) return { name: undefined, root: undefined }
  const name = 'repository' in data && typeof data.repository === 'string' ? data.repository : undefined
  const root = 'root' in data && typeof data.root === 'string' ? data.root : undefined
  return { name, root }
}
