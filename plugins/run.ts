import { createHash } from 'node:crypto'
import { createCheck, type Check } from '../contract/check.ts'
import { AiosError, isErrorCode } from '../contract/errors.ts'
import { hookOf, resultOf, type HookName } from '../contract/hooks.ts'
import type { HostCall, PluginCall } from '../contract/plugin.ts'
import type { Broker } from './broker.ts'
import type { PluginKeep } from './host-answers.ts'
import type { Instance } from './instance.ts'
import type { Sandbox, SandboxCall } from './sandbox.ts'

/** Everything that decides what comes of one call. */
export interface PluginRun {
  readonly id: string
  readonly instance: Instance
  readonly hook: HookName
  readonly handler: string
  /** JSON. */
  readonly event: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly repository: string | undefined
  readonly deadlineMs: number
  readonly host: SandboxCall['host']
  /** What the host has answered so far, and whether that is all of it. */
  readonly transcript: () => { readonly hostCalls: readonly HostCall[]; readonly isWhole: boolean }
}

/** A call that ended, and whether its failing is the plugin’s own fault. */
export interface Ran {
  readonly call: PluginCall
  /** What the handler returned; undefined unless the status is `ok`. */
  readonly value: unknown
  readonly isBlamed: boolean
}

const mostKeptCharacters = 512 * 1024

/** Runs a handler in the sandbox and returns what came of it; what it answers is checked against the hook. */
export async function runPlugin(sandbox: Sandbox, run: PluginRun, signal: AbortSignal): Promise<Ran> {
  const { id, instance, hook, handler, event, time, deadlineMs, host } = run
  const seed = seedOf(id)
  const asked = { plugin: instance.key, handler, hook, event, time, seed, deadlineMs, host }
  const result = await sandbox.call(asked, signal)
  const answered =
    result.status === 'ok'
      ? understand(hook, result.result)
      : { status: result.status, message: result.message }
  const { hostCalls, isWhole } = run.transcript()
  const isKept = event.length <= mostKeptCharacters && isWhole
  return {
    value: 'value' in answered ? answered.value : undefined,
    isBlamed: result.status === 'ok' || result.isBlamed,
    call: {
      id,
      plugin: instance.folder.manifest.id,
      hash: instance.folder.hash,
      repository: run.repository ?? '',
      hook,
      handler,
      mode: instance.mode,
      time,
      seed,
      event: isKept ? event : '',
      config: instance.config,
      hostCalls: isKept ? hostCalls : [],
      isWhole: isKept,
      status: answered.status,
      result: result.status === 'ok' ? result.result : '',
      message: 'message' in answered ? answered.message : '',
      decision: 'value' in answered ? decisionOf(answered.value) : '',
      cpuMs: result.cpuMs,
      wallMs: result.wallMs,
    },
  }
}

/** Returns what answers a call as it was answered when it was recorded. */
export function answersAsRecorded(recorded: readonly HostCall[]): SandboxCall['host'] {
  const left = [...recorded]
  return async (name, args) => {
    const index = left.findIndex((call) => call.name === name && call.args === args)
    const [call] = index < 0 ? [] : left.splice(index, 1)
    if (call === undefined) throw new Error(`${name} was not asked so when this was recorded.`)
    if (call.isAnswered) return call.text
    throw failureAgain(call.text)
  }
}

/** Returns an error that the plugin is told of in the same words. */
function failureAgain(text: string): Error {
  const [code = '', ...rest] = text.split(': ')
  return isErrorCode(code) ? new AiosError(code, rest.join(': ')) : new Error(text)
}

/** Returns what answers a call of an instance live: with what it was given, and no more. */
export function brokered(
  broker: Broker,
  instance: Instance,
  about: {
    readonly repository: string | undefined
    readonly root: string | undefined
    readonly time: number
  },
  keep: PluginKeep,
  log: (level: string, message: string) => void,
): Pick<PluginRun, 'host' | 'transcript'> {
  const { permissions, folder } = instance
  const served = broker.serve({ plugin: folder.manifest.id, permissions, keep, log, ...about })
  return {
    host: served.host,
    transcript: () => ({ hostCalls: served.transcript, isWhole: served.isWhole() }),
  }
}

type Understood =
  | { readonly status: 'ok'; readonly value: unknown }
  | { readonly status: 'invalid'; readonly message: string }

const checks = new Map<string, Check<ReturnType<typeof resultOf>>>()

function understand(hook: HookName, text: string): Understood {
  if (text === '') return { status: 'ok', value: undefined }
  const value: unknown = JSON.parse(text)
  const { kind, gate } = hookOf(hook)
  if (value === null || kind === 'series') return { status: 'ok', value: undefined }
  const check = checks.get(`${kind} ${gate}`) ?? createCheck(resultOf({ kind, gate }))
  checks.set(`${kind} ${gate}`, check)
  const [complaint] = check.complaints(value)
  if (complaint === undefined) return { status: 'ok', value }
  const what = `${complaint.at} ${complaint.message}`.trim()
  return { status: 'invalid', message: `It answered ${hook} wrongly: ${what}.` }
}

function decisionOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || !('decision' in value)) return 'allow'
  return value.decision === 'deny' ? 'deny' : 'allow'
}

function seedOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE()
}
