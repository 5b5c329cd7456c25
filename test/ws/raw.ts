import { connect, type Socket } from 'node:net'
import { afterEach } from 'vitest'
import { webSocketPath } from '../../contract/web-socket.ts'

/** A connection whose every byte the test chooses. */
export interface RawSocket {
  readonly socket: Socket
  /** Everything that came behind the head. */
  bytes(): Buffer
  /** The head of the answer to the request. */
  readonly head: string
  /** Resolves when the daemon has ended the connection, with the code of its close frame; undefined without one. */
  readonly ended: Promise<number | undefined>
}

const open: Socket[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy()
})

const usual = {
  Host: 'localhost',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': Buffer.alloc(16, 7).toString('base64'),
  'Sec-WebSocket-Version': '13',
}

/** Asks for a WebSocket and waits for the head of the answer. A header that is undefined is left out. */
export async function knock(
  path: string,
  headers: Readonly<Record<string, string | undefined>> = {},
  target: string = webSocketPath,
): Promise<RawSocket> {
  const socket = connect(path)
  open.push(socket)
  let received = Buffer.alloc(0)
  const answered = Promise.withResolvers<void>()
  const { promise: ended, resolve } = Promise.withResolvers<number | undefined>()
  const body = () => received.subarray(received.indexOf('\r\n\r\n') + 4)
  socket.on('data', (piece) => {
    received = Buffer.concat([received, Buffer.from(piece)])
    if (received.includes('\r\n\r\n')) answered.resolve()
    if (closeCodeIn(body()) !== undefined) socket.end()
  })
  socket.on('error', () => {})
  socket.on('close', () => resolve(closeCodeIn(body())))
  socket.on('close', () => answered.resolve())
  const lines = Object.entries({ ...usual, ...headers }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  )
  socket.write(`GET ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  await answered.promise
  return { socket, ended, bytes: body, head: received.toString('latin1').split('\r\n\r\n')[0] ?? '' }
}

/** What of a frame may be wrong. */
export interface FrameShape {
  readonly opcode?: number
  readonly isFinal?: boolean
  readonly isMasked?: boolean
  readonly reserved?: number
  /** What it says of its length, when that is not so. */
  readonly claimed?: number
}

/** Returns a frame of RFC 6455, section 5.2: a text, masked and whole, unless told otherwise. */
export function frame(payload: string | Buffer, shape: FrameShape = {}): Buffer {
  const { opcode = 1, isFinal = true, isMasked = true, reserved = 0, claimed } = shape
  const data = Buffer.from(payload)
  const first = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode
  const length = lengthOf(claimed ?? data.length, isMasked)
  const mask = Buffer.from([1, 2, 3, 4])
  const masked = Buffer.from(data.map((byte, at) => byte ^ (mask[at % 4] ?? 0)))
  return Buffer.concat([Buffer.from([first]), length, ...(isMasked ? [mask, masked] : [data])])
}

function lengthOf(length: number, isMasked: boolean): Buffer {
  const bit = isMasked ? 0x80 : 0
  if (length < 126) return Buffer.from([bit | length])
  const buffer = Buffer.alloc(9)
  buffer[0] = bit | 127
  buffer.writeBigUInt64BE(BigInt(length), 1)
  return buffer
}

/** Returns the code of the close frame among the frames that a server sent. */
function closeCodeIn(bytes: Buffer): number | undefined {
  let rest = bytes
  while (rest.length >= 2) {
    const short = (rest[1] ?? 0) & 0x7f
    const head = short < 126 ? 2 : short === 126 ? 4 : 10
    const size = short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2))
    if (((rest[0] ?? 0) & 0x0f) === 8) return size >= 2 ? rest.readUInt16BE(head) : undefined
    rest = rest.subarray(head + size)
  }
  return undefined
}
