import { hookOf, isHookName } from '../contract/hooks.ts'
import type { PluginCall } from '../contract/plugin.ts'
import type { PluginLogEntry } from '../contract/plugin-answers.ts'
import type { PluginRecords } from './port.ts'

/** Returns what a plugin did and said, newest first. */
export function logOf(
  plugin: string,
  repository: string | undefined,
  records: Pick<PluginRecords, 'calls' | 'lines' | 'notes'>,
  limit: number,
): PluginLogEntry[] {
  const isHere = (place: string) => repository === undefined || place === '' || place === repository
  const calls = records
    .calls(plugin, limit)
    .map((call) => ({ kind: 'call' as const, ...whole(call), text: textOf(call) }))
  const lines = records.lines(plugin, limit).map(({ time, repository: place, level, message }) => ({
    kind: 'line' as const,
    time,
    repository: place,
    text: `${level}: ${message}`,
  }))
  const notes = records
    .notes(plugin, repository, limit)
    .map(({ time, repository: place, text }) => ({ kind: 'note' as const, time, repository: place, text }))
  return [...calls, ...lines, ...notes]
    .filter((entry) => isHere(entry.repository))
    .toSorted((one, other) => other.time - one.time)
    .slice(0, limit)
    .map((entry) => ({ ...entry, plugin, time: new Date(entry.time).toISOString() }))
}

function whole({ id, time, repository, isWhole }: PluginCall): {
  id?: string
  time: number
  repository: string
} {
  return { ...(isWhole ? { id } : {}), time, repository }
}

function textOf({ hook, status, decision, message, mode, wallMs, hostCalls }: PluginCall): string {
  const isGate = isHookName(hook) && hookOf(hook).gate
  const said = status !== 'ok' ? `${status}: ${message}` : isGate ? decision : 'done'
  const count = hostCalls.length
  const asked = count === 0 ? '' : `, ${count} host ${count === 1 ? 'call' : 'calls'}`
  return `${hook} → ${said} (${isGate ? `${mode}, ` : ''}${Math.round(wallMs)} ms${asked})`
}
