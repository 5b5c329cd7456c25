import { expect, test } from 'vitest'
import type { Hit, RecallAnswer } from '../../contract/answers.ts'
import { AiosError } from '../../contract/errors.ts'
import { serverFrames } from '../../contract/web-socket.ts'
import { createCheck } from '../../contract/check.ts'
import { oid } from '../http/answers.ts'
import { connect, ofType } from './client.ts'
import { openDoor } from './door.ts'

const hit: Hit = {
  repository: 'tide-1',
  oid,
  subject: 'Turn the tide',
  author: 'Ada',
  time: '2024-05-01T12:00:00Z',
  score: 0.9,
  identity: oid,
  kind: 'fix',
  reachable: true,
  passages: [{ path: 'tide.md', startLine: 1, endLine: 2, text: 'The tide turns.' }],
  was: [],
}
const found = (question: string, hits: Hit[]): RecallAnswer => ({
  question,
  kind: 'prose',
  hits,
  abstained: false,
  tookMs: 3,
})

/** Waits until the signal is aborted, and fails as it says. */
async function aborted(signal: AbortSignal): Promise<never> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  throw signal.reason
}

test('a question is answered hit by hit, as its route answers it', async () => {
  const asked: unknown[] = []
  const { socket } = await openDoor({
    answers: {
      recall: async (input) => {
        asked.push(input)
        return found(input.question, [hit, { ...hit, score: 0.5 }])
      },
    },
  })
  const client = await connect(socket)
  client.say({ type: 'ask', id: 'q', question: 'tide', repository: 'tide-1', filters: { author: 'ada' } })
  await client.until(ofType('done'))
  expect(asked).toEqual([{ question: 'tide', repository: 'tide-1', filters: { author: 'ada' } }])
  expect(client.heard).toEqual([
    { type: 'hit', id: 'q', rank: 1, hit },
    { type: 'hit', id: 'q', rank: 2, hit: { ...hit, score: 0.5 } },
    { type: 'done', id: 'q', hits: 2, kind: 'prose', abstained: false, tookMs: 3 },
  ])
  expect(createCheck(serverFrames.hit.schema).complaints(client.heard[0])).toEqual([])
  expect(createCheck(serverFrames.done.schema).complaints(client.heard[2])).toEqual([])
})

test('an answer larger than what may wait for a client comes whole', async () => {
  const large = {
    ...hit,
    passages: [{ ...hit.passages[0], text: 'x'.repeat(50_000), path: '', startLine: 0, endLine: 0 }],
  }
  const { socket, dropped } = await openDoor({
    answers: {
      recall: async ({ question }) =>
        found(
          question,
          Array.from({ length: 100 }, () => large),
        ),
    },
  })
  const client = await connect(socket)
  client.say({ type: 'ask', id: 'q', question: 'tide' })
  expect(await client.until(ofType('done'))).toMatchObject({ hits: 100 })
  expect(client.heard).toHaveLength(101)
  expect(dropped).toEqual([])
})

test('a question that is cancelled is told to stop, and so is one whose client goes away', async () => {
  const begun: AbortSignal[] = []
  const { socket } = await openDoor({
    answers: {
      recall: async (_input, signal) => {
        begun.push(signal)
        return aborted(signal)
      },
    },
  })
  const client = await connect(socket)
  client.say({ type: 'ask', id: 'one', question: 'tide' })
  client.say({ type: 'ask', id: 'two', question: 'tide' })
  client.say({ type: 'cancel', id: 'one' })
  client.say({ type: 'cancel', id: 'unknown' })
  expect(await client.until(ofType('cancelled'))).toEqual({ type: 'cancelled', id: 'one' })
  expect(begun.map((signal) => signal.aborted)).toEqual([true, false])
  client.socket.terminate()
  await expect.poll(() => begun[1]?.aborted, { timeout: 20_000 }).toBe(true)
})

test('one question too many is refused, and so is an id that is taken', async () => {
  const { socket } = await openDoor({ answers: { recall: async (_input, signal) => aborted(signal) } })
  const client = await connect(socket)
  for (const id of ['a', 'b', 'c']) client.say({ type: 'ask', id, question: 'tide' })
  client.say({ type: 'ask', id: 'a', question: 'tide' })
  expect(await client.until(({ id }) => id === 'a')).toMatchObject({ code: 'ws.frame-invalid' })
  for (const id of ['d', 'e']) client.say({ type: 'ask', id, question: 'tide' })
  expect(await client.until(({ id }) => id === 'e')).toMatchObject({ code: 'ws.busy', status: 429 })
})

test('what goes wrong is told for its question alone; a bug keeps its secrets', async () => {
  const { socket, bugs } = await openDoor({
    answers: {
      recall: async ({ question }) => {
        if (question === 'bug') throw new Error('the password is tide')
        throw new AiosError('repository.unknown', 'No repository is called nobody.')
      },
    },
  })
  const client = await connect(socket)
  client.say({ type: 'ask', id: 'one', question: 'bug' })
  client.say({ type: 'ask', id: 'two', question: 'tide' })
  expect(await client.until(({ id }) => id === 'two')).toMatchObject({ code: 'repository.unknown' })
  const problem = await client.until(({ id }) => id === 'one')
  expect(problem).toMatchObject({ code: 'internal', status: 500 })
  expect(JSON.stringify(problem)).not.toContain('password')
  expect(createCheck(serverFrames.problem.schema).complaints(problem)).toEqual([])
  expect(bugs).toHaveLength(1)
})

test('when the daemon ends, each question is told so, and the connection is closed with a reason', async () => {
  const { socket, door } = await openDoor({ answers: { recall: async (_input, signal) => aborted(signal) } })
  const client = await connect(socket)
  client.say({ type: 'ask', id: 'q', question: 'tide' })
  client.say({ type: 'ping', id: 'p' })
  await client.until(ofType('pong'))
  await door.close()
  expect(await client.closed).toEqual({ code: 1001, reason: expect.stringContaining('shutting down') })
  expect(client.heard.at(-1)).toMatchObject({ id: 'q', code: 'daemon.stopping', status: 503 })
})

test('hello is answered with who the daemon is, and another protocol is refused', async () => {
  const { socket, dropped } = await openDoor()
  const client = await connect(socket)
  client.say({ type: 'hello', id: 'h', protocol: 1 })
  expect(await client.until(ofType('hello'))).toEqual({
    type: 'hello',
    id: 'h',
    protocol: 1,
    version: '1.2.3',
    daemon: 'one',
  })
  client.say({ type: 'hello', protocol: 99 })
  expect((await client.closed).code).toBe(1008)
  expect(client.heard.at(-1)).toMatchObject({ code: 'daemon.version', detail: expect.stringContaining('99') })
  expect(dropped).toEqual(['refused'])
})

test.each([
  ['a type that is none', { type: 'sing' }, '`type` must be one of hello, subscribe, ask, cancel, ping.'],
  ['no type', { question: 'x' }, '`type` must be one of'],
  ['the name of something that every object has', { type: 'constructor' }, '`type` must be one of'],
  [
    'a field that is not known',
    { type: 'ask', id: 'q', question: 'x', auther: 'ada' },
    '`auther` is not known',
  ],
  ['a value of another type', { type: 'subscribe', id: 'q', since: '5' }, '`since` must be integer'],
  [
    'an event that does not exist',
    { type: 'subscribe', id: 'q', types: ['tide.turned'] },
    '`types.0` must be',
  ],
  ['a question without an id', { type: 'ask', question: 'x' }, 'must have required properties id'],
])('%s is a problem, and the connection stays', async (_name, frame, detail) => {
  const { socket } = await openDoor()
  const client = await connect(socket)
  client.say(frame)
  const problem = await client.until(({ code }) => code === 'ws.frame-invalid')
  expect(problem['detail']).toContain(detail)
  expect(problem['id']).toBe('id' in frame ? frame.id : undefined)
  client.say({ type: 'ping' })
  expect(await client.until(ofType('pong'))).toMatchObject({ time: expect.stringMatching(/^\d{4}-/) })
})
