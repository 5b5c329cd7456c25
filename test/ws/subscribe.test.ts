import { expect, test } from 'vitest'
import { repository } from '../http/answers.ts'
import { connect, numbersOf, ofType } from './client.ts'
import { fact, newFolder, openDoor } from './door.ts'

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, at) => first + at)
const isLast = (seq: number) => (frame: { readonly seq?: unknown }) => frame.seq === seq

test('who subscribes hears what happens from then on, as the envelope it is kept in', async () => {
  const { socket, publish, journal } = await openDoor()
  publish(fact())
  const client = await connect(socket)
  client.say({ type: 'subscribe', id: 's1' })
  expect(await client.until(ofType('subscribed'))).toEqual({
    type: 'subscribed',
    id: 's1',
    since: 1,
    latest: 1,
  })
  publish(fact())
  expect(await client.until(isLast(2))).toEqual(journal.since(1, 1)[0])
})

test('what happened before comes first, in order, each event once, while more of it happens', async () => {
  const { socket, publish, events, journal } = await openDoor()
  // A listener that publishes makes events arrive in another order than that of their numbers.
  events.subscribe(({ seq }) => {
    if (seq % 7 === 0) publish(fact())
  })
  for (let count = 0; count < 700; count += 1) publish(fact())
  const clients = await Promise.all(upTo(5).map(() => connect(socket)))
  for (const [at, client] of clients.entries()) client.say({ type: 'subscribe', since: at * 100 })
  for (let round = 0; round < 40; round += 1) {
    for (let count = 0; count < 5; count += 1) publish(fact())
    await new Promise((resolve) => setImmediate(resolve))
  }
  const last = journal.latest()
  for (const [at, client] of clients.entries()) {
    await client.until(isLast(last))
    expect(numbersOf(client)).toEqual(upTo(last, at * 100 + 1))
  }
})

test('a client goes on where it was after the daemon was started anew', async () => {
  const folder = newFolder()
  const first = await openDoor({ folder })
  const before = await connect(first.socket)
  before.say({ type: 'subscribe' })
  await before.until(ofType('subscribed'))
  first.publish(fact())
  first.publish(fact())
  await before.until(isLast(2))
  await first.close()
  expect((await before.closed).code).toBe(1001)

  const second = await openDoor({ folder })
  second.publish(fact())
  const after = await connect(second.socket)
  after.say({ type: 'subscribe', since: 2 })
  await after.until(isLast(3))
  second.publish(fact())
  await after.until(isLast(4))
  expect(numbersOf(after)).toEqual([3, 4])
})

test('what is not kept any more is a gap, and what is left comes after it', async () => {
  const { socket, publish, journal } = await openDoor()
  for (let count = 0; count < 10; count += 1) publish(fact())
  journal.prune(4)
  const client = await connect(socket)
  client.say({ type: 'subscribe', since: 2 })
  await client.until(isLast(10))
  expect(client.heard.slice(1, 3)).toMatchObject([{ type: 'gap', from: 3, to: 6 }, { seq: 7 }])
  expect(numbersOf(client)).toEqual([7, 8, 9, 10])
})

test('a journal of which nothing is left is a gap to its end, and what happens next is heard', async () => {
  const { socket, publish, journal } = await openDoor()
  for (let count = 0; count < 3; count += 1) publish(fact())
  journal.prune(0)
  const client = await connect(socket)
  client.say({ type: 'subscribe', since: 1 })
  expect(await client.until(ofType('gap'))).toEqual({ type: 'gap', from: 2, to: 3 })
  publish(fact())
  await client.until(isLast(4))
})

test('who is ahead of the journal is told so, and hears what they heard before', async () => {
  const { socket, publish } = await openDoor()
  const client = await connect(socket)
  client.say({ type: 'subscribe' })
  client.say({ type: 'subscribe', id: 'late', since: 500 })
  expect(await client.until(({ id }) => id === 'late')).toMatchObject({ code: 'ws.since-ahead', status: 409 })
  publish(fact())
  await client.until(isLast(1))
})

test('a subscription may be narrowed by type and by repository, which has many names', async () => {
  const { socket, publish } = await openDoor()
  const client = await connect(socket)
  client.say({
    type: 'subscribe',
    types: ['store.healed', 'daemon.stopping'],
    repositories: [repository.path],
  })
  await client.until(ofType('subscribed'))
  publish(fact('another-2'))
  publish({ type: 'store.compacted', data: { repository: 'tide-1', ms: 1 } })
  publish({ type: 'daemon.stopping', data: { reason: '' } })
  publish(fact('tide-1'))
  await client.until(isLast(4))
  expect(numbersOf(client)).toEqual([4])
})

test('a subscription takes the place of the one before', async () => {
  const { socket, publish } = await openDoor()
  const client = await connect(socket)
  client.say({ type: 'subscribe', since: 0 })
  client.say({ type: 'subscribe', id: 'second', types: ['daemon.stopping'] })
  await client.until(({ id }) => id === 'second')
  publish(fact())
  publish({ type: 'daemon.stopping', data: { reason: '' } })
  await client.until(isLast(2))
  client.say({ type: 'ping' })
  await client.until(ofType('pong'))
  expect(numbersOf(client)).toEqual([2])
})

test('the last subscription counts, however long the names of the one before were looked up', async () => {
  const looked = Promise.withResolvers<void>()
  const { socket, publish } = await openDoor({
    answers: {
      repository: async () => {
        await looked.promise
        return repository
      },
    },
  })
  const client = await connect(socket)
  client.say({ type: 'subscribe', id: 'slow', repositories: ['tide-1'] })
  client.say({ type: 'subscribe', id: 'fast', since: 0 })
  await client.until(({ id }) => id === 'fast')
  looked.resolve()
  publish(fact('another-2'))
  await client.until(isLast(1))
  expect(client.heard.map(({ id }) => id)).not.toContain('slow')
})

test('a repository that nobody knows is a problem, told in the words of its route', async () => {
  const { socket } = await openDoor()
  const client = await connect(socket)
  client.say({ type: 'subscribe', id: 's', repositories: ['nobody'] })
  expect(await client.until(({ id }) => id === 's')).toMatchObject({
    type: 'urn:aios:error:repository.unknown',
    status: 404,
    detail: 'No repository is called nobody.',
  })
})

test('a journal that cannot be read is told to those who were to hear of it, and to nobody else', async () => {
  const { socket, journal, publish, bugs } = await openDoor()
  const live = await connect(socket)
  live.say({ type: 'subscribe' })
  await live.until(ofType('subscribed'))
  const client = await connect(socket)
  client.say({ type: 'subscribe', since: 0 })
  await client.until(ofType('subscribed'))
  publish(fact())
  await client.until(isLast(1))
  journal.close()
  client.say({ type: 'subscribe', id: 'again', since: 0 })
  expect(await client.until(({ code }) => code !== undefined)).toMatchObject({ code: 'internal' })
  expect(bugs).toHaveLength(1)
  live.say({ type: 'ping', id: 'p' })
  await live.until(ofType('pong'))
})
