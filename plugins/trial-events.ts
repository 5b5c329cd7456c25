import { AiosError } from '../contract/errors.ts'
import { createCheck } from '../contract/check.ts'
import { hookOf, isHookName, type HookName } from '../contract/hooks.ts'
import { TrialEventFile } from '../contract/trial-event.ts'
import { isValid, type Schema } from '../contract/validate.ts'
import type { PluginFolder } from './folder.ts'
import { readWritten } from './manifest-tree.ts'
import type { Ran } from './run.ts'
import { schemaComplaints } from './schema-complaints.ts'
import type { BroughtAlong } from './trial-host.ts'

/** What came of an event. */
export interface Tried {
  readonly ran: Ran
  /** What the plugin wrote to memory. */
  readonly notes: readonly string[]
}

/** An event to try a plugin with. */
export interface TrialEvent extends BroughtAlong {
  readonly hook: HookName
  readonly source: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly data: unknown
  readonly repository: string | undefined
  readonly root: string | undefined
  /** Says whether what came of it is what its file expects; undefined when it expects nothing. */
  readonly isExpected?: (tried: Tried) => boolean
}

/** Returns the events in a plugin’s `events/`, in the order of their names; fails with what is wrong with one. */
export function readTrialEvents(
  { files, path }: PluginFolder,
  repository: string | undefined,
  now: number,
): TrialEvent[] {
  const names = [...files.keys()].filter((name) => /^events\/[^/]+\.(?:json|ya?ml)$/.test(name)).toSorted()
  return names.map((name) => {
    const { value, issues } = readWritten((files.get(name) ?? Buffer.of()).toString('utf8'))
    const [wrong] = [...issues, ...(issues.length > 0 ? [] : schemaComplaints(TrialEventFile, value))]
    if (wrong !== undefined || !isValid(TrialEventFile, value))
      throw new AiosError('plugin.invalid', `${path}/${name}: ${wrong?.message ?? 'This is no event.'}`)
    return eventOf(value, name, repository, now)
  })
}

function eventOf(
  file: TrialEventFile,
  source: string,
  repository: string | undefined,
  now: number,
): TrialEvent {
  const { hook, data, time, blobs = {}, files = {}, memory = {}, expect } = file
  if (!isHookName(hook)) throw new AiosError('plugin.invalid', `${source}: There is no hook ${hook}.`)
  const { input } = hookOf(hook)
  const whole = { ...placeFor(input, repository), ...data }
  const [complaint] = createCheck(input).complaints(whole)
  if (complaint !== undefined)
    throw new AiosError('plugin.invalid', `${source}: data.${complaint.at} ${complaint.message}.`)
  const at = time === undefined ? now : Date.parse(time)
  const about = { hook, source, time: Number.isNaN(at) ? now : at, data: whole, repository, root: undefined }
  const event = { ...about, blobs, files, memory }
  return expect === undefined ? event : { ...event, isExpected: (tried) => meets(tried, expect) }
}

/** Returns what an event may leave out: of where it happened, what the hook is told. */
function placeFor(input: Schema, repository = 'example'): Record<string, string> {
  const place = { repository, root: '/example' }
  const told = 'properties' in input ? Object.keys(Object(input.properties)) : []
  return Object.fromEntries(Object.entries(place).filter(([name]) => told.includes(name)))
}

function meets(
  { ran: { call, value }, notes }: Tried,
  { decision, findings, notes: written }: NonNullable<TrialEventFile['expect']>,
): boolean {
  if (decision !== undefined && call.decision !== decision) return false
  return areSaid(findings, messagesOf(value)) && areSaid(written, notes)
}

/** Says whether there are as many texts as parts, and each holds its part. */
function areSaid(parts: readonly string[] | undefined, texts: readonly string[]): boolean {
  if (parts === undefined) return true
  return texts.length === parts.length && parts.every((part, index) => texts[index]?.includes(part) === true)
}

function messagesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || !('findings' in value) || !Array.isArray(value.findings))
    return []
  return value.findings.map((finding: unknown) => {
    const isFinding = typeof finding === 'object' && finding !== null && 'message' in finding
    return isFinding ? String(finding.message) : ''
  })
}
