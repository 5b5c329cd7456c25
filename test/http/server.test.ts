import { existsSync, mkdirSync, mkdtempSync, statSync, writeFileSync, chmodSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createClient } from '../../cli/client.ts'
import { AiosError } from '../../contract/errors.ts'
import { routes } from '../../contract/routes.ts'
import { send, serve } from './served.ts'

const forever = new AbortController().signal

test('a bug is logged whole and told to nobody', async () => {
  const { socket, logged } = await serve({
    status: async () => {
      throw new Error('the password is tide')
    },
  })
  const { status, body, text } = await send(socket, 'GET', '/v1/status')
  expect([status, body['code'], body['traceId']]).toEqual([500, 'internal', 'trace-1'])
  expect(text).not.toContain('password')
  expect(logged.join('')).toContain('the password is tide')
  expect(logged.join('')).toContain('trace-1')
})

test('an expected failure arrives as the error that was thrown', async () => {
  const { socket } = await serve()
  const client = createClient(socket, forever)
  const asked = client.call(routes.repository, { repository: 'nobody' })
  await expect(asked).rejects.toMatchObject({
    code: 'repository.unknown',
    message: 'No repository is called nobody.',
  })
  client.close()
})

test('a reply that is not what the contract says fails instead of travelling', async () => {
  const { socket, logged } = await serve({
    forgetRepository: async () => ({ id: 'x', purged: true, more: 1 }),
  })
  expect((await send(socket, 'DELETE', '/v1/repositories/tide-1')).body['code']).toBe('internal')
  expect(logged.join('')).toContain('more')
})

test('a stream arrives line by line, and a failure on the way as the error it is', async () => {
  const { socket } = await serve({
    async *followProgress() {
      yield { phase: 'messages', done: 1, total: 2, ratePerSecond: 1 }
      throw new AiosError('git.failed', 'git went away.')
    },
  })
  const client = createClient(socket, forever)
  const seen: number[] = []
  const follow = async () => {
    for await (const { done } of client.stream(routes.followProgress, { repository: 'tide-1' }))
      seen.push(done)
  }
  await expect(follow()).rejects.toMatchObject({ code: 'git.failed', message: 'git went away.' })
  expect(seen).toEqual([1])
  client.close()
})

test('a stream that cannot begin is refused like any other call', async () => {
  const { socket } = await serve()
  const client = createClient(socket, forever)
  const first = client.stream(routes.followProgress, { repository: 'nobody' }).next()
  await expect(first).rejects.toMatchObject({ code: 'repository.unknown' })
  client.close()
})

test('an answer is told when its caller goes away', async () => {
  const told = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  const { socket } = await serve({
    recall: async (_input, signal) => {
      signal.addEventListener('abort', () => told.resolve())
      asked.resolve()
      await told.promise
      throw new Error('nobody hears this')
    },
  })
  const leaving = new AbortController()
  const client = createClient(socket, leaving.signal)
  const call = client.call(routes.recall, { question: 'x' })
  await asked.promise
  leaving.abort()
  await expect(call).rejects.toMatchObject({ code: 'command.interrupted' })
  await told.promise
  client.close()
})

test('a stream is told when its reader leaves', async () => {
  const told = Promise.withResolvers<void>()
  const { socket } = await serve({
    async *events(_input, signal) {
      yield { seq: 1, id: 'e', type: 'daemon.started', time: '', data: {} }
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      told.resolve()
    },
  })
  const client = createClient(socket, forever)
  for await (const event of client.stream(routes.events, { follow: true })) {
    expect(event.seq).toBe(1)
    break
  }
  await told.promise
  client.close()
})

test('an answer that ends well is not aborted', async () => {
  let signal: AbortSignal | undefined
  const { socket } = await serve({
    repositories: async (_input, given) => {
      signal = given
      return { items: [] }
    },
  })
  await send(socket, 'GET', '/v1/repositories')
  await sleep(20)
  expect(signal?.aborted).toBe(false)
})

test('closing lets what runs end, refuses what is new, and lets go of the socket', async () => {
  const running = Promise.withResolvers<void>()
  const started = Promise.withResolvers<void>()
  const { server, socket } = await serve({
    repositories: async (_input, signal) => {
      started.resolve()
      await running.promise
      signal.throwIfAborted()
      return { items: [] }
    },
  })
  const before = send(socket, 'GET', '/v1/repositories')
  await started.promise
  const closing = server.close()
  expect((await send(socket, 'GET', '/v1/status')).body['code']).toBe('daemon.stopping')
  running.resolve()
  expect((await before).status).toBe(200)
  await closing
  expect(existsSync(socket)).toBe(false)
})

test('closing ends streams, and after its deadline everything else', async () => {
  const started = Promise.withResolvers<void>()
  const { server, socket } = await serve(
    {
      repositories: async (_input, signal) => {
        started.resolve()
        await sleep(600_000, undefined, { signal })
        return { items: [] }
      },
      async *events(_input, signal) {
        yield { seq: 1, id: 'e', type: 'daemon.started', time: '', data: {} }
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        signal.throwIfAborted()
      },
    },
    { drainMs: 50 },
  )
  const client = createClient(socket, forever)
  const stream = client.stream(routes.events, { follow: true })
  await stream.next()
  const stuck = client.call(routes.repositories, {})
  await started.promise
  const outcomes = Promise.allSettled([stream.next(), stuck])
  await server.close()
  const codes = (await outcomes).map(
    (one) => one.status === 'rejected' && one.reason instanceof AiosError && one.reason.code,
  )
  expect(codes).toEqual(['daemon.stopping', 'daemon.stopping'])
  client.close()
})

test('while the daemon gets ready it answers for itself and for nothing else', async () => {
  const { socket } = await serve({}, { isReady: () => false })
  expect((await send(socket, 'GET', '/healthz')).status).toBe(200)
  expect((await send(socket, 'POST', '/v1/recall', '{"question":"x"}')).body['code']).toBe('daemon.busy')
})

test('only its owner may open the socket or enter its folder', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'open-')), 'run')
  mkdirSync(folder, { mode: 0o755 })
  chmodSync(folder, 0o755)
  const { socket } = await serve({}, { socket: join(folder, 'aios.sock') })
  expect(statSync(socket).mode & 0o777).toBe(0o600)
  expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700)
})

test('a second daemon does not take the socket of the first, but that of a dead one', async () => {
  const { socket, server } = await serve()
  await expect(serve({}, { socket })).rejects.toMatchObject({ code: 'daemon.running' })
  expect((await send(socket, 'GET', '/healthz')).status).toBe(200)
  await server.close()

  writeFileSync(socket, '')
  await serve({}, { socket })
  expect((await send(socket, 'GET', '/healthz')).status).toBe(200)
})

test.each([
  ['nonsense', 'nonsense\r\n\r\n', 400, 'request.invalid'],
  [
    'a head without end',
    `GET /healthz HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
    413,
    'request.too-large',
  ],
  [
    'two lengths',
    'POST /v1/recall HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
    'request.invalid',
  ],
])(
  '%s instead of a request is answered with a problem and harms nobody',
  async (_name, text, status, code) => {
    const { socket } = await serve()
    const answer = await new Promise<string>((resolve) => {
      const raw = connect(socket, () => raw.write(text))
      let told = ''
      raw.on('data', (piece) => (told += piece.toString()))
      raw.on('error', () => {})
      raw.on('close', () => resolve(told))
    })
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(head).toContain('Content-Type: application/problem+json')
    expect(JSON.parse(body)).toMatchObject({ code, status, traceId: expect.stringMatching(/^trace-/) })
    expect((await send(socket, 'GET', '/healthz')).status).toBe(200)
  },
)

test.each([
  ['head', 'GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow'],
  [
    'body',
    'POST /v1/recall HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
  ],
])('who never sends the rest of a %s is told so, and let go', async (_what, text) => {
  const { socket } = await serve({}, { patienceMs: 200 })
  const told = await new Promise<string>((resolve) => {
    let answer = ''
    const raw = connect(socket, () => raw.write(text))
    raw.on('data', (piece) => (answer += piece.toString()))
    raw.on('error', () => {})
    raw.on('close', () => resolve(answer))
  })
  expect(told).toMatch(/^HTTP\/1\.1 408 /)
  expect(told).toContain('request.too-slow')
})
