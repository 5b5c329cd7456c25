import type { IsolateOptions, PluginIsolate } from './isolate.ts'
import type { CallText, HostedFailure, PluginSource, Reply, Report } from './messages.ts'

/** A plugin in its isolate, which runs one call at a time. */
export interface Hosted {
  call(id: number, call: CallText): void
  reply(id: number, reply: Reply): void
  /** Forgets the call and returns true, unless its code is running. */
  drop(id: number): boolean
  /** Returns the call that runs, and the processor time that it has taken. */
  running(): { readonly id: number; readonly cpuMs: number } | undefined
  close(): void
}

/** What a hosted plugin needs to know. */
export interface HostedParts {
  readonly openIsolate: (plugin: PluginSource, options: IsolateOptions) => Promise<PluginIsolate>
  readonly report: (report: Report) => void
}

interface Current {
  readonly id: number
  readonly cpuBefore: number
  /** Texts under way in the isolate: it is at rest when there are none. */
  busy: number
  /** Host calls that nobody has answered yet. */
  readonly asked: Set<number>
  outcome: Outcome | undefined
}

type Outcome =
  | { readonly kind: 'done'; readonly result: string }
  | { readonly kind: 'failed'; readonly status: HostedFailure; readonly message: string }

const outOfMemory = { kind: 'failed', status: 'memory', message: 'It took more memory than it may.' } as const
const never = {
  kind: 'failed',
  status: 'timeout',
  message: 'It waits for something that never comes.',
} as const

/**
 * Opens a plugin.
 *
 * A call is over when its result is known and the isolate has come to rest: what a handler leaves running
 * behind its back counts as the handler's. A call at rest without a result and without an unanswered host call
 * can never end, for nothing else wakes an isolate; that is said at once.
 */
export async function openHosted(plugin: PluginSource, parts: HostedParts): Promise<Hosted> {
  let current: Current | undefined

  const end = (outcome: Outcome) => {
    if (current === undefined) return
    const { id, cpuBefore } = current
    current = undefined
    parts.report({ ...outcome, id, cpuMs: Math.max(0, isolate.cpuMs() - cpuBefore) })
  }

  const hear = (text: string) => {
    const [kind = '', id, third = '', name = ''] = text.split('\n', 4)
    if (current === undefined || Number(id) !== current.id || current.outcome !== undefined) return
    if (kind === 'host') {
      current.asked.add(Number(third))
      parts.report({ kind, id: current.id, number: Number(third), name, args: afterLines(text, 4) })
    }
    if (kind === 'done') current.outcome = { kind, result: afterLines(text, 2) }
    if (kind === 'failed') current.outcome = { kind, status: statusOf(third), message: afterLines(text, 3) }
    conclude(current)
  }

  const conclude = (call: Current) => {
    if (current === call && call.busy === 0 && call.outcome !== undefined) end(call.outcome)
  }

  const send = async (call: Current, text: string) => {
    call.busy += 1
    // What rejects without ending the isolate is a promise that the plugin neglected: its own affair.
    await isolate.send(text).catch(() => {})
    call.busy -= 1
    if (current !== call) return
    if (isolate.isGone()) return end(outOfMemory)
    conclude(call)
    // A text that was sent last may arrive after the news that the isolate is at rest.
    setImmediate(() => setImmediate(() => current === call && isStuck(call) && end(never)))
  }

  const isolate = await parts.openIsolate(plugin, { onText: hear, onLost: () => end(outOfMemory) })

  return {
    call(id, call) {
      current = { id, cpuBefore: isolate.cpuMs(), busy: 0, asked: new Set(), outcome: undefined }
      void send(current, JSON.stringify({ kind: 'call', id, ...call }))
    },
    reply(id, reply) {
      if (current?.id !== id || !current.asked.delete(reply.number)) return
      void send(current, JSON.stringify({ kind: 'reply', id, ...reply }))
    },
    drop(id) {
      if (current?.id !== id) return true
      if (current.busy > 0) return false
      current = undefined
      return true
    },
    running: () => current && { id: current.id, cpuMs: isolate.cpuMs() - current.cpuBefore },
    close: () => isolate.close(),
  }
}

function isStuck(call: Current): boolean {
  return call.busy === 0 && call.asked.size === 0 && call.outcome === undefined
}

function statusOf(text: string): HostedFailure {
  return text === 'invalid' || text === 'too-large' ? text : 'threw'
}

/** Returns what follows so many lines. */
function afterLines(text: string, lines: number): string {
  let from = 0
  for (let line = 0; line < lines; line += 1) from = text.indexOf('\n', from) + 1
  return text.slice(from)
}
