import { once } from 'node:events'
import { WebSocket, type RawData } from 'ws'
import { webSocketPath } from '../contract/web-socket.ts'

/** A client that counts what it hears. It is subscribed to everything from when it connected. */
export interface BenchClient {
  /** Returns the number of the last event it heard, or that there was when it connected. */
  last(): number
  /** Returns how long each event was on its way, since it was forgotten last; a clock of milliseconds tells. */
  delaysMs(): readonly number[]
  /** Returns how many events did not follow on the one before. */
  mistakes(): number
  forget(): void
  /** Returns how many bytes of events it heard. */
  bytes(): number
  /** Waits until it has heard this event. */
  until(seq: number): Promise<'heard'>
  /** Returns how long an answer took. */
  ping(): Promise<number>
  pause(): void
  resume(): void
  /** Waits until the daemon has ended the connection. */
  closed(): Promise<'closed'>
  /** Waits for the end of the connection, and subscribes again since the last event. */
  goOn(): Promise<void>
  close(): Promise<void>
}

/** Connects to the daemon's socket and subscribes. */
export async function connectClient(path: string): Promise<BenchClient> {
  let last = 0
  let mistakes = 0
  let bytes = 0
  let delays: number[] = []
  let waiting: { readonly seq: number; readonly done: () => void } | undefined
  let pong = Promise.withResolvers<void>()
  let socket = await open(path)

  function hear(text: string): void {
    const frame: unknown = JSON.parse(text)
    if (!isFrame(frame)) return
    if (frame.type === 'pong') return pong.resolve()
    if (typeof frame.seq !== 'number' || typeof frame.time !== 'string') return
    if (frame.seq !== last + 1) mistakes += 1
    last = frame.seq
    bytes += text.length
    delays.push(performance.timeOrigin + performance.now() - Date.parse(frame.time))
    if (waiting !== undefined && last >= waiting.seq) waiting.done()
  }

  function subscribe(since?: number): Promise<void> {
    return new Promise((resolve) => {
      socket.once('message', (data) => {
        const frame: unknown = JSON.parse(textOf(data))
        if (isFrame(frame) && typeof frame.since === 'number') last = frame.since
        socket.on('message', (more) => hear(textOf(more)))
        resolve()
      })
      socket.send(JSON.stringify({ type: 'subscribe', ...(since === undefined ? {} : { since }) }))
    })
  }

  await subscribe()
  return {
    last: () => last,
    delaysMs: () => delays,
    mistakes: () => mistakes,
    bytes: () => bytes,
    forget() {
      delays = []
      mistakes = 0
    },
    until: (seq) =>
      new Promise((done) => {
        waiting = { seq, done: () => done('heard') }
        if (last >= seq) done('heard')
      }),
    async ping() {
      pong = Promise.withResolvers()
      const began = performance.now()
      socket.send('{"type":"ping"}')
      await pong.promise
      return performance.now() - began
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    closed: () => closedOf(socket),
    async goOn() {
      if (socket.readyState === WebSocket.OPEN) return
      await closedOf(socket)
      socket = await open(path)
      await subscribe(last)
    },
    async close() {
      socket.close()
      await closedOf(socket)
    },
  }
}

function open(path: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws+unix:${path}:${webSocketPath}`, { perMessageDeflate: false })
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.on('error', () => {})
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString() : ''
}

async function closedOf(socket: WebSocket): Promise<'closed'> {
  if (socket.readyState !== WebSocket.CLOSED) await once(socket, 'close')
  return 'closed'
}

function isFrame(value: unknown): value is {
  readonly type?: unknown
  readonly seq?: unknown
  readonly time?: unknown
  readonly since?: unknown
} {
  return typeof value === 'object' && value !== null
}
