import { setTimeout as sleep } from 'node:timers/promises'
import type { daemonRoutes } from '../contract/daemon-routes.ts'
import type { EventEnvelope, Progress } from '../contract/events.ts'
import type { InputOf } from '../contract/route.ts'
import type { Remembered } from './memory/remembered.ts'
import { positionIn } from './pages/cursor.ts'
import { stretchOf, type Page } from './pages/page.ts'

/** How often a progress is sent at most: a person sees no more. */
const progressMs = 100
/** Events that are read from the journal at once. */
const eventsPerRead = 500

/** Streams how far a repository's ingestion is, until nothing is left to do. */
export async function* follow(
  open: () => Promise<Remembered>,
  signal: AbortSignal,
): AsyncGenerator<Progress> {
  const { progress, settled } = await open()
  let done = false
  const settling = settled().finally(() => (done = true))
  settling.catch(() => {})
  while (!done) {
    signal.throwIfAborted()
    // Idle means done to whoever listens; before the first commit is read it only means not yet.
    if (progress.current.phase !== 'idle') yield progress.current
    await Promise.race([settling.catch(() => {}), sleep(progressMs)])
  }
  await settling
  yield { phase: 'idle', done: 0, total: 0, ratePerSecond: 0 }
}

/** Returns a stretch of what happened, oldest first. */
export function pastEvents(
  { since = 0, cursor, limit = 100 }: InputOf<typeof daemonRoutes.pastEvents>,
  events: { since(seq: number, limit: number): EventEnvelope[] },
): Page<EventEnvelope> {
  const after = cursor === undefined ? since : Number(positionIn('events', cursor))
  const found = events.since(after, limit + 1)
  return stretchOf(
    'events',
    found,
    limit,
    ({ seq }) => String(seq),
    (event) => event,
  )
}

/** Streams events after a number, oldest first; with `goOn`, those that are still to come as well. */
export async function* followEvents(
  since: number,
  goOn: boolean,
  events: {
    since(seq: number, limit: number): EventEnvelope[]
    subscribe(listener: (event: EventEnvelope) => void): () => void
  },
  signal: AbortSignal,
): AsyncGenerator<EventEnvelope> {
  let last = since
  let wake = Promise.withResolvers<void>()
  const unsubscribe = events.subscribe(() => wake.resolve())
  const stop = () => wake.resolve()
  signal.addEventListener('abort', stop, { once: true })
  try {
    while (!signal.aborted) {
      wake = Promise.withResolvers<void>()
      // The journal is read, never the notice: what was published between two reads is not lost.
      const batch = events.since(last, eventsPerRead)
      yield* batch
      last = batch.at(-1)?.seq ?? last
      if (batch.length > 0) continue
      if (!goOn) return
      await wake.promise
    }
  } finally {
    unsubscribe()
    signal.removeEventListener('abort', stop)
  }
}
