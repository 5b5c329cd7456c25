import fc from 'fast-check'
import { expect, test } from 'vitest'
import { webSocketLimits } from '../../contract/web-socket.ts'
import { send } from '../http/served.ts'
import { connect, eventually, numbersOf, ofType } from './client.ts'
import { fact, openDoor } from './door.ts'
import { frame, knock } from './raw.ts'

const { frameBytes, framesAtOnce } = webSocketLimits
const ping = JSON.stringify({ type: 'ping' })

const malformed: [string, number, Buffer][] = [
  ['no JSON', 1007, frame('tide')],
  ['JSON that is no object', 1007, frame('[{"type":"ping"}]')],
  ['nothing', 1007, frame('')],
  ['a text that is no UTF-8', 1007, frame(Buffer.from([0x22, 0xc3, 0x28, 0x22]))],
  ['half a character at the end', 1007, frame(Buffer.from([0xe2, 0x82]))],
  ['bytes', 1003, frame(ping, { opcode: 2 })],
  ['no mask', 1002, frame(ping, { isMasked: false })],
  ['an opcode that is none', 1002, frame(ping, { opcode: 3 })],
  ['an opcode of control that is none', 1002, frame('', { opcode: 11 })],
  ['a reserved bit', 1002, frame(ping, { reserved: 4 })],
  ['the end of what never began', 1002, frame(ping, { opcode: 0 })],
  ['a text inside a text', 1002, Buffer.concat([frame('{', { isFinal: false }), frame('}')])],
  ['a ping in pieces', 1002, frame('', { opcode: 9, isFinal: false })],
  ['a long ping', 1002, frame('x'.repeat(126), { opcode: 9 })],
  ['a close with half a code', 1002, frame(Buffer.from([3]), { opcode: 8 })],
  ['a close with a code that is none', 1002, frame(Buffer.from([0, 5]), { opcode: 8 })],
  ['more than a frame may have', 1009, frame('x'.repeat(frameBytes + 1))],
  ['a length that no frame can have', 1009, frame('', { claimed: Number.MAX_SAFE_INTEGER })],
  [
    'pieces that are too large together',
    1009,
    Buffer.concat([
      frame('x'.repeat(frameBytes), { isFinal: false }),
      frame('x', { opcode: 0, isFinal: false }),
    ]),
  ],
  [
    'pieces without end',
    1008,
    Buffer.concat([
      frame('', { isFinal: false }),
      ...Array.from({ length: 100 }, () => frame('', { opcode: 0, isFinal: false })),
    ]),
  ],
  ['a flood', 1008, Buffer.concat(Array.from({ length: framesAtOnce * 2 }, () => frame(ping)))],
  [
    'a flood of pings',
    1008,
    Buffer.concat(Array.from({ length: framesAtOnce * 2 }, () => frame('', { opcode: 9 }))),
  ],
]

test.each(malformed)('%s ends the connection with %i, and harms nobody else', async (_name, code, bytes) => {
  const { socket, publish, bugs, door } = await openDoor()
  const other = await connect(socket)
  other.say({ type: 'subscribe' })
  await other.until(ofType('subscribed'))
  const raw = await knock(socket)
  expect(raw.head).toMatch(/^HTTP\/1\.1 101 /)
  raw.socket.write(bytes)
  expect(await raw.ended).toBe(code)
  publish(fact())
  await other.until(({ seq }) => seq === 1)
  expect(bugs).toEqual([])
  await eventually(() => door.count() === 1)
})

test('a frame that comes byte by byte, and one in pieces with a ping between, are frames like any other', async () => {
  const { socket } = await openDoor()
  const raw = await knock(socket)
  raw.socket.setNoDelay()
  for (const byte of frame(JSON.stringify({ type: 'ping', id: 'slow' }))) {
    raw.socket.write(Buffer.from([byte]))
    await new Promise((resolve) => setImmediate(resolve))
  }
  await eventually(() => raw.bytes().includes('"slow"'))
  const pieces = [
    frame('{"type":"pi', { isFinal: false }),
    frame('', { opcode: 9 }),
    frame('ng","id":"pieces"}', { opcode: 0 }),
  ]
  raw.socket.write(Buffer.concat(pieces))
  await eventually(() => raw.bytes().includes('"pieces"'))
  expect(raw.socket.readyState).toBe('open')
})

test('no JSON is too strange to be answered', async () => {
  const { socket, bugs } = await openDoor()
  const types = fc.constantFrom('hello', 'subscribe', 'ask', 'cancel', 'ping', '__proto__', 'toString')
  const frames = fc.sample(fc.record({ type: types, rest: fc.dictionary(fc.string(), fc.jsonValue()) }), 150)
  const client = await connect(socket)
  for (const { type, rest } of frames) client.say({ ...rest, type })
  client.say({ type: 'ping', id: 'the last' })
  await client.until(({ id, type }) => id === 'the last' && type === 'pong')
  expect(bugs).toEqual([])
})

test('a client that does not read is cut, others hear everything, and it goes on where it was', async () => {
  const { socket, publish, dropped } = await openDoor()
  const [slow, quick] = [await connect(socket), await connect(socket)]
  for (const client of [slow, quick]) {
    client.say({ type: 'subscribe' })
    await client.until(ofType('subscribed'))
  }
  slow.socket.pause()
  let last = 0
  while (dropped.length === 0) {
    publish(fact('tide-1', 20_000))
    last += 1
    expect(last).toBeLessThan(500)
    await quick.until(({ seq }) => seq === last)
  }
  expect(dropped).toEqual(['slow'])
  expect(last * 20_000).toBeGreaterThan(webSocketLimits.bufferBytes)
  publish(fact())
  last += 1
  slow.socket.resume()
  expect([1006, 1013]).toContain((await slow.closed).code)
  const seen = numbersOf(slow)

  const again = await connect(socket)
  again.say({ type: 'subscribe', since: seen.at(-1) ?? 0 })
  await again.until(({ seq }) => seq === last)
  await quick.until(({ seq }) => seq === last)
  const everything = Array.from({ length: last }, (_, at) => at + 1)
  expect([...seen, ...numbersOf(again)]).toEqual(everything)
  expect(numbersOf(quick)).toEqual(everything)
})

test('a client that reads the past slowly is waited for, and costs no more than a part of what may wait', async () => {
  const { socket, publish, dropped } = await openDoor()
  for (let count = 0; count < 400; count += 1) publish(fact('tide-1', 10_000))
  const client = await connect(socket)
  client.socket.pause()
  client.say({ type: 'subscribe', since: 0 })
  const other = await connect(socket)
  other.say({ type: 'subscribe', since: 0 })
  await other.until(({ seq }) => seq === 400)
  expect(dropped).toEqual([])
  client.socket.resume()
  await client.until(({ seq }) => seq === 400)
  expect(numbersOf(client)).toHaveLength(400)
})

test('who gives no sign of life is let go, and who does stays', async () => {
  const { socket, dropped, door } = await openDoor({ heartbeatMs: 800 })
  const client = await connect(socket)
  let pings = 0
  client.socket.on('ping', () => (pings += 1))
  const raw = await knock(socket)
  await raw.ended
  await eventually(() => pings >= 3)
  expect(dropped).toEqual(['silent'])
  expect(door.count()).toBe(1)
})

test('one client too many is told so before it is a WebSocket', async () => {
  const { socket, door } = await openDoor({ connections: 1 })
  const first = await connect(socket)
  const raw = await knock(socket)
  await raw.ended
  expect(raw.head).toMatch(/^HTTP\/1\.1 503 /)
  expect(raw.bytes().toString()).toContain('"code":"ws.too-many"')
  first.socket.close()
  await first.closed
  await eventually(() => door.count() === 0)
  expect((await knock(socket)).head).toMatch(/^HTTP\/1\.1 101 /)
})

test.each([
  ['no key', { 'Sec-WebSocket-Key': undefined }, 426],
  ['a key that is none', { 'Sec-WebSocket-Key': 'tide' }, 426],
  ['another version', { 'Sec-WebSocket-Version': '7' }, 426],
  ['no version', { 'Sec-WebSocket-Version': undefined }, 426],
  ['another protocol of the connection', { Upgrade: 'h2c' }, 426],
  ['a protocol that cannot be read', { 'Sec-WebSocket-Protocol': ',,' }, 426],
])('a request with %s is answered with a problem', async (_name, headers, status) => {
  const { socket } = await openDoor()
  const raw = await knock(socket, headers)
  await raw.ended
  expect(raw.head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(raw.head).toContain('Sec-WebSocket-Version: 13')
  expect(raw.bytes().toString()).toContain('"code":"ws.upgrade-needed"')
  expect((await send(socket, 'GET', '/healthz')).status).toBe(200)
})

test('nothing is compressed, and no protocol is said back but our own', async () => {
  const { socket } = await openDoor()
  const raw = await knock(socket, {
    'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
    'Sec-WebSocket-Protocol': 'aios.key.secret, aios.v1',
  })
  expect(raw.head).not.toContain('Extensions')
  expect(raw.head).toContain('Sec-WebSocket-Protocol: aios.v1')
  expect(raw.head).not.toContain('secret')
})

test('a door that closes lets go of who does not answer, and lets nobody in', async () => {
  const { socket, door } = await openDoor()
  const client = await connect(socket)
  const raw = await knock(socket)
  raw.socket.pause()
  const closing = door.close()
  const late = await knock(socket)
  await late.ended
  expect(late.bytes().toString()).toContain('"code":"daemon.stopping"')
  expect((await client.closed).code).toBe(1001)
  await closing
  await eventually(() => door.count() === 0)
  raw.socket.resume()
  expect(await raw.ended).toBe(1001)
})
