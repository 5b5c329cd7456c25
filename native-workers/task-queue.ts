import { setTimeout as delay } from 'node:timers/promises'
import { AiosError } from '../contract/errors.ts'
import type { Digested } from './digest.ts'
import type { Order } from './messages.ts'

/** Orders that wait and orders that run. Each is settled once, whatever is reported about it. */
export interface TaskQueue {
  add(work: Omit<Order, 'id'>, signal: AbortSignal): Promise<Digested>
  /** Returns the next order that may run now, which then counts as running. */
  next(): Order | undefined
  done(id: number, digested: Digested): void
  failed(id: number, reason: string): void
  /** Says that everything which ran was lost with its process. */
  lost(reason: string): void
  isEmpty(): boolean
  /** Refuses what waits now, and what still runs after the time. */
  close(deadlineMs: number): Promise<void>
}

interface Entry {
  readonly order: Order
  readonly resolve: (digested: Digested) => void
  readonly reject: (error: Error) => void
  tries: number
  /** Whether somebody still waits. */
  isWanted: boolean
}

const mostTries = 5

/** Creates a queue of which so many orders run at once. */
export function createTaskQueue(mostRunning: number): TaskQueue {
  const waiting: Entry[] = []
  const running = new Map<number, Entry>()
  let lastId = 0
  let whenQuiet = () => {}

  const end = (id: number): Entry | undefined => {
    const entry = running.get(id)
    running.delete(id)
    if (running.size === 0) whenQuiet()
    return entry
  }

  const fail = (id: number, reason: string) => {
    const entry = end(id)
    if (entry?.isWanted !== true) return
    entry.tries += 1
    if (entry.tries < mostTries) waiting.unshift(entry)
    else refuse(entry, new AiosError('workers.unavailable', describe(entry.order, reason)))
  }

  return {
    add(work, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<Digested>()
      const entry: Entry = { order: { ...work, id: ++lastId }, resolve, reject, tries: 0, isWanted: true }
      const abandon = () => {
        if (waiting.includes(entry)) waiting.splice(waiting.indexOf(entry), 1)
        refuse(entry, reasonOf(signal))
      }
      waiting.push(entry)
      if (signal.aborted) abandon()
      signal.addEventListener('abort', abandon, { once: true })
      return promise.finally(() => signal.removeEventListener('abort', abandon))
    },

    next() {
      const [entry] = waiting
      if (entry === undefined || !mayRun(entry, running, mostRunning)) return undefined
      waiting.shift()
      running.set(entry.order.id, entry)
      return entry.order
    },

    done: (id, digested) => end(id)?.resolve(digested),
    failed: fail,
    lost(reason) {
      for (const id of [...running.keys()].toReversed()) fail(id, reason)
    },

    isEmpty: () => waiting.length === 0 && running.size === 0,

    async close(deadlineMs) {
      for (const entry of waiting.splice(0)) refuse(entry, closedError())
      const quiet = new Promise<void>((resolve) => (whenQuiet = resolve))
      if (running.size > 0) await Promise.race([quiet, delay(deadlineMs, undefined, { ref: false })])
      for (const entry of [...running.values(), ...waiting]) refuse(entry, closedError())
    },
  }
}

/** An order that was lost before runs alone: if it is what kills the process, it takes no other with it. */
function mayRun(entry: Entry, running: ReadonlyMap<number, Entry>, most: number): boolean {
  if (entry.tries > 0) return running.size === 0
  return running.size < most && ![...running.values()].some(({ tries }) => tries > 0)
}

function refuse(entry: Entry, error: Error): void {
  entry.isWanted = false
  entry.reject(error)
}

function describe({ id, texts }: Order, reason: string): string {
  const label = texts.labels.find((text) => text !== '')
  const name = label === undefined ? '' : `, beginning with ${label}`
  const count = texts.offsets.length - 1
  return `Digesting ${count} texts (task ${id}${name}) failed ${mostTries} times. The last time, ${reason}.`
}

function closedError(): AiosError {
  return new AiosError('workers.unavailable', 'The workers were closed before the task was done.')
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof Error ? reason : new Error('The task was abandoned.', { cause: reason })
}
