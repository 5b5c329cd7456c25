import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect } from 'vitest'
import { WebSocket } from 'ws'
import { webSocketPath } from '../../contract/web-socket.ts'

/** A frame as it came. */
export type Heard = Readonly<Record<string, unknown>>

/** A client, as others would write one. */
export interface Client {
  readonly socket: WebSocket
  /** Everything that came. */
  readonly heard: Heard[]
  /** Resolves with the code and the reason. */
  readonly closed: Promise<{ code: number; reason: string }>
  say(frame: object): void
  /** Waits for the first frame that fits, looking at those that came before as well. */
  until(fits: (frame: Heard) => boolean): Promise<Heard>
}

const open: WebSocket[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.terminate()
})

/** Connects to the door on a Unix socket. */
export function connect(path: string): Promise<Client> {
  return connectTo(`ws+unix:${path}:${webSocketPath}`)
}

/** Connects to an address, with what opens it. */
export async function connectTo(
  address: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Client> {
  const socket = new WebSocket(address, { headers })
  open.push(socket)
  const heard: Heard[] = []
  const waiting = new Set<() => void>()
  const { promise: closed, resolve } = Promise.withResolvers<{ code: number; reason: string }>()
  socket.on('message', (data) => {
    heard.push(parse(Buffer.isBuffer(data) ? data.toString() : ''))
    for (const look of waiting) look()
  })
  socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  await new Promise<void>((done, fail) => {
    socket.once('open', done)
    socket.once('error', fail)
  })
  socket.on('error', () => {})

  return {
    socket,
    heard,
    closed,
    say: (frame) => socket.send(JSON.stringify(frame)),
    until: (fits) =>
      new Promise((done) => {
        const look = () => {
          const found = heard.find(fits)
          if (found === undefined) return
          waiting.delete(look)
          done(found)
        }
        waiting.add(look)
        look()
      }),
  }
}

/** Returns the numbers of the events that a client heard, in the order in which they came. */
export function numbersOf({ heard }: Pick<Client, 'heard'>): number[] {
  return heard.flatMap(({ seq }) => (typeof seq === 'number' ? [seq] : []))
}

/** Waits until something is so. */
export async function eventually(check: () => boolean): Promise<void> {
  await expect.poll(check, { timeout: 20_000, interval: 10 }).toBe(true)
  await sleep(0)
}

/** Says whether a frame is of this type. */
export function ofType(type: string): (frame: Heard) => boolean {
  return (frame) => frame['type'] === type
}

function parse(text: string): Heard {
  const value: unknown = JSON.parse(text)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
