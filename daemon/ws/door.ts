import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type ServerOptions } from 'ws'
import { http } from '../../contract/node-http.ts'
import type { Caller } from '../../contract/caller.ts'
import { AiosError } from '../../contract/errors.ts'
import type { ProblemDocument } from '../../contract/service.ts'
import { webSocketLimits, webSocketProtocol } from '../../contract/web-socket.ts'
import type { Pass } from '../guard/pass.ts'
import { serveConnection, type Connection, type ConnectionParts } from './connection.ts'
import { createFeed, type KeptEvents } from './feed.ts'

/** The door for those who want to hear what happens as it happens. */
export interface WebSocketDoor {
  /** Makes a WebSocket of a request that whoever guards the door has let through, or answers why not. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, caller: Caller, pass: Pass): void
  /** Returns how many clients are connected. */
  count(): number
  /** Tells every client that the daemon ends, and lets go of them. */
  close(): Promise<void>
}

/** What the door is made of. */
export interface WebSocketParts extends Omit<ConnectionParts, 'feed' | 'answers'> {
  /** Returns what answers this caller. */
  readonly answersFor: (caller: Caller) => ConnectionParts['answers']
  readonly events: KeptEvents
  /** Keeps the daemon from ending for want of callers while a client is connected. Returns how to let go. */
  readonly hold: () => () => void
  /** Milliseconds between two signs of life, where they are not the usual ones. */
  readonly heartbeatMs?: number
  readonly connections?: number
}

/** How long a client may take to answer a close; then the library cuts it off. */
const closeMs = 1000

/**
 * Nothing is compressed: it costs 300 KB of memory for each client, and mixing what is secret with what a caller
 * chose has leaked the secret elsewhere (BREACH).
 */
const options: ServerOptions & { readonly closeTimeout: number; readonly maxPendingAutoPongs: number } = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: webSocketLimits.frameBytes,
  maxFragments: 64,
  maxBufferedChunks: 1024,
  closeTimeout: closeMs,
  // Pings are counted as other frames are, and end with a code; the library would cut the line.
  maxPendingAutoPongs: 2 * webSocketLimits.framesAtOnce,
  // A browser offers the key of its session as another protocol; that one is never said back.
  handleProtocols: (offered) => (offered.has(webSocketProtocol) ? webSocketProtocol : false),
}

/** Opens the door. */
export function createWebSocketDoor(parts: WebSocketParts): WebSocketDoor {
  const { problemOf, hold, connections: most = webSocketLimits.connections } = parts
  const connections = new Set<Connection>()
  const feed = createFeed(parts.events)
  const server = new WebSocketServer(options)
  const beat = () => {
    for (const connection of connections) connection.beat()
  }
  // A process that slept finds its timers due before it has read what came meanwhile: signs of life come first.
  const heartbeat = setInterval(() => setImmediate(beat), parts.heartbeatMs ?? webSocketLimits.heartbeatMs)
  heartbeat.unref()
  let emptied: (() => void) | undefined
  let isClosing = false

  server.on('wsClientError', (error, socket) => {
    refuse(
      socket,
      problemOf(new AiosError('ws.upgrade-needed', `This cannot become a WebSocket: ${error.message}.`)),
    )
  })

  function refusal(): AiosError | undefined {
    if (isClosing) return stopping()
    if (connections.size < most) return undefined
    return new AiosError('ws.too-many', `${most} WebSockets are open.`)
  }

  return {
    accept(request, socket, head, caller, pass) {
      const error = refusal()
      if (error !== undefined) return refuse(socket, problemOf(error))
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const connection = serveConnection(webSocket, pass, {
          ...parts,
          feed,
          answers: parts.answersFor(caller),
        })
        const letGo = hold()
        connections.add(connection)
        webSocket.on('close', () => {
          connections.delete(connection)
          letGo()
          if (connections.size === 0) emptied?.()
        })
      })
    },

    count: () => connections.size,

    async close() {
      isClosing = true
      clearInterval(heartbeat)
      for (const connection of connections) connection.stop(stopping())
      await within(2 * closeMs, (done) => (connections.size === 0 ? done() : (emptied = done)))
      feed.close()
    },
  }
}

function stopping(): AiosError {
  return new AiosError('daemon.stopping', 'The daemon is shutting down.')
}

/** Waits for the end of the act, at most so long. */
function within(ms: number, act: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    act(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** Answers a request that does not become a WebSocket, as every other refusal is answered. */
function refuse(socket: Duplex, problem: ProblemDocument): void {
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${http.STATUS_CODES[problem.status] ?? 'Error'}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Sec-WebSocket-Version: 13',
    'Connection: close',
  ]
  socket.on('error', () => socket.destroy())
  socket.once('finish', () => socket.destroy())
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
