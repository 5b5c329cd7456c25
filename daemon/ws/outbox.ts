import { WebSocket } from 'ws'
import { webSocketLimits, type ServerFrame } from '../../contract/web-socket.ts'

/** Sends frames to one client, and knows how far it is behind. */
export interface Outbox {
  /** Sends a frame, or bytes that are one. Does nothing once the connection is being closed. */
  send(frame: ServerFrame | Buffer): void
  /** Says whether enough waits for the client; who has more to say that can wait, waits until `onDrained`. */
  isFull(): boolean
  /** Calls back once, when the client has read; never when it goes away first. */
  onDrained(goOn: () => void): void
  /** Resolves when there is room; fails when the signal is aborted. */
  drained(signal: AbortSignal): Promise<void>
}

/** Bytes that may wait before what can wait does. */
const enough = webSocketLimits.bufferBytes / 4

/** Creates an outbox. `onSlow` is told when more waits than one client may cost; nothing is dropped before. */
export function createOutbox(socket: WebSocket, onSlow: () => void): Outbox {
  const waiting: (() => void)[] = []
  const isFull = () => socket.bufferedAmount > enough
  const sent = () => {
    if (waiting.length > 0 && !isFull()) for (const goOn of waiting.splice(0)) goOn()
  }

  return {
    isFull,
    send(frame) {
      if (socket.readyState !== WebSocket.OPEN) return
      socket.send(Buffer.isBuffer(frame) ? frame : JSON.stringify(frame), { binary: false }, sent)
      if (socket.bufferedAmount > webSocketLimits.bufferBytes) onSlow()
    },
    onDrained: (goOn) => void waiting.push(goOn),
    async drained(signal) {
      signal.throwIfAborted()
      if (!isFull()) return
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const stop = () => reject(signal.reason)
      signal.addEventListener('abort', stop, { once: true })
      waiting.push(resolve)
      await promise.finally(() => signal.removeEventListener('abort', stop))
    },
  }
}
