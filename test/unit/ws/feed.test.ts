import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EventEnvelope, Fact } from '../../../contract/events.ts'
import { createEvents, type Events } from '../../../daemon/bus/events.ts'
import { createFeed, type Feed, type Follower } from '../../../daemon/ws/feed.ts'

const fact: Fact = { type: 'daemon.stopping', data: { reason: '' } }
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A bus whose facts are kept in a list, which forgets the oldest when told to. */
function bus() {
  const kept: EventEnvelope[] = []
  let latest = 0
  const events = createEvents(
    (facts) =>
      facts.map(({ type, data }) => {
        latest += 1
        const event = { seq: latest, id: String(latest), type, time: '', data }
        kept.push(event)
        return event
      }),
    (error) => {
      throw error
    },
  )
  const since = (seq: number, limit: number) => {
    const from = Math.max(0, seq + 1 - (kept[0]?.seq ?? 1))
    return kept.slice(from, from + limit)
  }
  return {
    events,
    kept: { since, latest: () => latest, subscribe: events.subscribe },
    forget: () => kept.splice(0),
  }
}

/** A follower that writes down the numbers it hears, and may be full. */
function follow(feed: Feed, since: number) {
  const heard: number[] = []
  const gaps: [number, number][] = []
  const failures: unknown[] = []
  const waiting: (() => void)[] = []
  let isFull = false
  const follower: Follower = {
    wants: () => true,
    hear: (bytes) => void heard.push(Number(JSON.parse(bytes.toString()).seq)),
    miss: (from, to) => void gaps.push([from, to]),
    fail: (error) => void failures.push(error),
    isFull: () => isFull,
    onDrained: (goOn) => void waiting.push(goOn),
  }
  const stop = feed.follow(since, follower)
  return {
    since,
    heard,
    gaps,
    failures,
    stop,
    fill: () => (isFull = true),
    drain() {
      isFull = false
      for (const goOn of waiting.splice(0)) goOn()
    },
  }
}

type Act = 'publish' | 'echo' | 'follow' | 'turn' | 'fill' | 'drain'
const acts = fc.array(
  fc.tuple(fc.constantFrom<Act>('publish', 'publish', 'echo', 'follow', 'turn', 'fill', 'drain'), fc.nat(9)),
  { minLength: 15, maxLength: 40, size: 'max' },
)

test('whatever happens in whatever order, each follower hears each event once, and none before another', async () => {
  await fc.assert(
    fc.asyncProperty(acts, async (script) => {
      const { events, kept } = bus()
      const echo = echoing(events)
      const feed = createFeed(kept)
      const followers: ReturnType<typeof follow>[] = []
      for (const [act, at] of script) {
        const one = followers[at % Math.max(1, followers.length)]
        if (act === 'publish') for (let count = 0; count <= at * 10; count += 1) events.publish(fact)
        if (act === 'echo') echo()
        if (act === 'follow') followers.push(follow(feed, Math.max(0, kept.latest() - at * 50)))
        if (act === 'turn') await turn()
        if (act === 'fill') one?.fill()
        if (act === 'drain') one?.drain()
      }
      for (let count = 0; count < 40; count += 1) {
        for (const one of followers) one.drain()
        await turn()
      }
      feed.close()
      for (const { since, heard, gaps } of followers) {
        expect(heard).toEqual(Array.from({ length: kept.latest() - since }, (_, at) => since + at + 1))
        expect(gaps).toEqual([])
      }
    }),
    { numRuns: 40 },
  )
})

/** Returns what publishes a fact that makes a listener publish another before anybody else has heard of the first. */
function echoing(events: Events): () => void {
  let isWanted = false
  events.subscribe(() => {
    if (!isWanted) return
    isWanted = false
    events.publish(fact)
  })
  return () => {
    isWanted = true
    events.publish(fact)
  }
}

test('what was forgotten while a follower was behind is one gap, and the rest follows', async () => {
  const { events, kept, forget } = bus()
  const feed = createFeed(kept)
  for (let count = 0; count < 5; count += 1) events.publish(fact)
  const { heard, gaps } = follow(feed, 1)
  forget()
  events.publish(fact)
  await turn()
  await turn()
  feed.close()
  expect([heard, gaps]).toEqual([[6], [[2, 5]]])
})

test('events that cannot be read are the trouble of who wanted them, and of nobody else', async () => {
  const { events, kept } = bus()
  const trouble = new Error('the disk is gone')
  const since = (seq: number, limit: number) => {
    if (seq === 0) throw trouble
    return kept.since(seq, limit)
  }
  events.publish(fact)
  const feed = createFeed({ ...kept, since })
  const [bad, good] = [follow(feed, 0), follow(feed, 1)]
  await turn()
  await turn()
  events.publish(fact)
  feed.close()
  expect([bad.failures, bad.heard, good.failures, good.heard]).toEqual([[trouble], [], [], [2]])
})

test('who leaves while something is read to them hears nothing more', async () => {
  const { events, kept } = bus()
  const feed = createFeed(kept)
  for (let count = 0; count < 500; count += 1) events.publish(fact)
  let heard = 0
  const stop = feed.follow(0, {
    wants: () => true,
    hear() {
      heard += 1
      stop()
    },
    miss() {},
    fail() {},
    isFull: () => false,
    onDrained() {},
  })
  for (let count = 0; count < 4; count += 1) await turn()
  events.publish(fact)
  feed.close()
  expect(heard).toBe(1)
})
