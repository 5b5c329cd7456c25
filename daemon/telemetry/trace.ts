import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'

/** Where one request stands in a trace, as the W3C's Trace Context has it. */
export interface Trace {
  /** 32 hex digits; the same for all that one person’s act led to. */
  readonly traceId: string
  /** 16 hex digits; this daemon’s part of it. */
  readonly spanId: string
  /** The part that asked for this one. */
  readonly parentId: string | undefined
  /** Whether whoever began the trace keeps it. */
  readonly isSampled: boolean
  /** Who asked, and through which door; absent where nobody did. */
  readonly actor?: string
}

/** Knows which request is being answered, for whoever is called on the way. */
export interface Traces {
  /** Does the work as part of the trace. What the work leaves running afterwards belongs to none. */
  within<T>(trace: Trace, work: () => Promise<T>): Promise<T>
  /** Returns the trace that the caller is part of; undefined when nobody asked for what is being done. */
  current(): Trace | undefined
}

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const longestHeader = 256

/** Returns the id of the trace that the header names; a new one where it names none. */
export function traceIdOf(header: string | undefined): string {
  return (header === undefined ? undefined : parse(header))?.traceId ?? newTraceId()
}

/** Begins this daemon’s part of a trace, as the part that the header names asked for it. */
export function beginTrace(traceId: string, header: string | undefined): Trace {
  const asked = header === undefined ? undefined : parse(header)
  return {
    traceId,
    spanId: newSpanId(),
    parentId: asked?.parentId,
    isSampled: asked?.isSampled ?? true,
  }
}

/** Returns a part of the trace for something that is done on its way; of a new trace where there is none. */
export function childOf(trace: Trace | undefined): Trace {
  if (trace === undefined) return beginTrace(newTraceId(), undefined)
  return { ...trace, spanId: newSpanId(), parentId: trace.spanId }
}

/** Creates what knows of no request yet. */
export function createTraces(): Traces {
  const storage = new AsyncLocalStorage<{ readonly trace: Trace; isOver: boolean }>()
  return {
    async within(trace, work) {
      const here = { trace, isOver: false }
      try {
        return await storage.run(here, work)
      } finally {
        // Timers that were set on the way go on for days, and have nothing to do with this request.
        here.isOver = true
      }
    },
    current() {
      const here = storage.getStore()
      return here?.isOver === false ? here.trace : undefined
    },
  }
}

/** What is no `traceparent` is ignored, as the standard asks for. */
function parse(header: string): Pick<Trace, 'traceId' | 'parentId' | 'isSampled'> | undefined {
  const [, version = '', traceId = '', parentId = '', flags = '', more] =
    form.exec(header.length > longestHeader ? '' : header) ?? []
  const isKnown = version !== '' && version !== 'ff' && (version !== '00' || more === undefined)
  if (!isKnown || /^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined
  return { traceId, parentId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** Identifiers of Node’s own making come from chance that was drawn ahead: each request needs two. */
function newTraceId(): string {
  return randomUUID().replaceAll('-', '')
}

function newSpanId(): string {
  const id = randomUUID()
  return id.slice(0, 8) + id.slice(-8)
}
