import type { HostedFailure, Report } from './host/messages.ts'

const failures: readonly HostedFailure[] = ['timeout', 'memory', 'threw', 'invalid', 'too-large']

type Fields = Readonly<Record<string, unknown>>

/** Returns what a process said, or undefined when it is nothing that a process says. */
export function readReport(text: string): Report | undefined {
  const fields = readObject(text)
  if (fields === undefined) return undefined
  // Only own names count: a kind may be called `constructor`.
  const kind = textOf(fields['kind'])
  return Object.hasOwn(readers, kind) ? readers[kind]?.(fields) : undefined
}

const readers: Readonly<Record<string, (fields: Fields) => Report>> = {
  ready: () => ({ kind: 'ready' }),
  unavailable: ({ reason }) => ({ kind: 'unavailable', reason: textOf(reason) }),
  loaded: ({ plugin }) => ({ kind: 'loaded', plugin: textOf(plugin) }),
  refused: ({ plugin, reason }) => ({ kind: 'refused', plugin: textOf(plugin), reason: textOf(reason) }),
  done: ({ id, result, cpuMs }) => ({
    kind: 'done',
    id: numberOf(id),
    result: textOf(result),
    cpuMs: numberOf(cpuMs),
  }),
  failed: ({ id, status, message, cpuMs }) => ({
    kind: 'failed',
    id: numberOf(id),
    status: failures.find((known) => known === status) ?? 'threw',
    message: textOf(message),
    cpuMs: numberOf(cpuMs),
  }),
  host: ({ id, number, name, args }) => ({
    kind: 'host',
    id: numberOf(id),
    number: numberOf(number),
    name: textOf(name),
    args: textOf(args),
  }),
  dropped: ({ id }) => ({ kind: 'dropped', id: numberOf(id) }),
  pulse: ({ id, cpuMs, rssBytes }) => ({
    kind: 'pulse',
    id: numberOf(id),
    cpuMs: numberOf(cpuMs),
    rssBytes: numberOf(rssBytes),
  }),
}

function readObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
