import type { EventEnvelope } from '../../contract/events.ts'

/** What happened, as it is kept and as it happens. */
export interface KeptEvents {
  /** Returns the events after this number, oldest first. */
  since(seq: number, limit: number): EventEnvelope[]
  /** Returns the number of the newest event; 0 when nothing ever happened. */
  latest(): number
  subscribe(listener: (event: EventEnvelope) => void): () => void
}

/** Who hears what happens. */
export interface Follower {
  wants(event: EventEnvelope): boolean
  /** The bytes are the same for everyone. */
  hear(event: Buffer): void
  /** Both numbers belong to what is missing. */
  miss(from: number, to: number): void
  /** The journal could not be read; nothing more is told. */
  fail(error: unknown): void
  isFull(): boolean
  /** Calls back once, when there is room again. */
  onDrained(goOn: () => void): void
}

/** Tells many followers what happens, each from a number of its own. */
export interface Feed {
  latest(): number
  /** Tells of everything after the number, in order, each event once. Returns how to stop. */
  follow(since: number, follower: Follower): () => void
  close(): void
}

/** Events that are read at once. */
const eventsPerRead = 200

/** How far one follower is. */
interface Place {
  readonly follower: Follower
  last: number
  isGone: boolean
}

/**
 * Creates a feed.
 *
 * A number decides what a follower hears, never the way on which an event comes: one that does not follow on the
 * last is read from the journal together with those between, and one that is not above it was told already. So
 * nothing is lost or told twice where the past meets the present. Events are written and read in one thread.
 */
export function createFeed(events: KeptEvents): Feed {
  const live = new Set<Place>()
  const reading = createReading(events, (place) => live.add(place))

  function fallBehind(place: Place): void {
    live.delete(place)
    reading.add(place)
  }

  const unsubscribe = events.subscribe((event) => {
    let bytes: Buffer | undefined
    for (const place of live) {
      if (event.seq <= place.last) continue
      if (event.seq === place.last + 1) tell(place, event, () => (bytes ??= bytesOf(event)))
      else fallBehind(place)
    }
  })

  return {
    latest: events.latest,
    follow(since, follower) {
      const place = { follower, last: since, isGone: false }
      reading.add(place)
      return () => {
        place.isGone = true
        live.delete(place)
      }
    },
    close() {
      unsubscribe()
      reading.stop()
      live.clear()
    },
  }
}

/** Those who are read to from the journal. */
interface Reading {
  add(place: Place): void
  stop(): void
}

/** Creates a reading. One follower has a turn at a time, and between two turns everything else has one. */
function createReading(events: KeptEvents, onLevel: (place: Place) => void): Reading {
  const behind: Place[] = []
  let turn: NodeJS.Immediate | undefined

  function add(place: Place): void {
    behind.push(place)
    turn ??= setImmediate(readOn)
  }

  function readOn(): void {
    const place = behind.shift()
    turn = behind.length > 0 ? setImmediate(readOn) : undefined
    if (place === undefined || place.isGone) return
    try {
      readTo(place)
    } catch (error) {
      place.follower.fail(error)
    }
  }

  function readTo(place: Place): void {
    const read = events.since(place.last, eventsPerRead)
    for (const event of read) {
      tell(place, event, () => bytesOf(event))
      if (place.isGone) return
      if (place.follower.isFull()) return place.follower.onDrained(() => add(place))
    }
    if (read.length < eventsPerRead) level(place)
    else add(place)
  }

  /** What is numbered above the last one that is kept was forgotten. */
  function level(place: Place): void {
    const latest = events.latest()
    if (latest > place.last) place.follower.miss(place.last + 1, latest)
    place.last = latest
    onLevel(place)
  }

  return { add, stop: () => clearImmediate(turn) }
}

function tell(place: Place, event: EventEnvelope, bytes: () => Buffer): void {
  const { follower, last } = place
  place.last = event.seq
  if (event.seq > last + 1) follower.miss(last + 1, event.seq - 1)
  if (follower.wants(event)) follower.hear(bytes())
}

function bytesOf(event: EventEnvelope): Buffer {
  return Buffer.from(JSON.stringify(event))
}
