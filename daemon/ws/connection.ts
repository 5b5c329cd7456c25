import { WebSocket, type RawData } from 'ws'
import { AiosError } from '../../contract/errors.ts'
import type { ProblemDocument } from '../../contract/service.ts'
import { closeCodes, webSocketLimits } from '../../contract/web-socket.ts'
import type { Pass } from '../guard/pass.ts'
import { createAllowance } from './allowance.ts'
import { createConversation, type Conversation, type ConversationParts } from './conversation.ts'
import { parseFrame, readFrame } from './frame.ts'
import { createOutbox, type Outbox } from './outbox.ts'

/** What a connection is made of. */
export interface ConnectionParts extends ConversationParts {
  /** Told once when the daemon lets go of a client, or finds that the connection broke. */
  readonly onDropped: (why: Dropped) => void
}

/** Why the daemon let go of a client. */
export type Dropped = Exclude<keyof typeof closeCodes, 'stopping'> | 'broken' | 'silent'

/** A client that is connected. */
export interface Connection {
  /** Asks for a sign of life. Who gave none since it was asked last is let go, and so is who may not stay. */
  beat(): void
  /** Tells the client that the daemon ends, and each of its questions that it is not answered. */
  stop(error: AiosError): void
}

const frameRate = { atOnce: webSocketLimits.framesAtOnce, perSecond: webSocketLimits.framesPerSecond }

/** Serves one client until either side ends it. Whatever it sends harms nobody but itself. */
export function serveConnection(socket: WebSocket, pass: Pass, parts: ConnectionParts): Connection {
  const { problemOf } = parts
  const outbox = createOutbox(socket, () => drop('slow'))
  const conversation = createConversation(parts, outbox, pass)
  const mayGoOn = createAllowance(frameRate, () => performance.now())
  const report = once(parts.onDropped)
  let isAlive = true

  function close(why: keyof typeof closeCodes, error: AiosError): void {
    conversation.end(error)
    socket.close(closeCodes[why].code, closeCodes[why].reason)
  }

  /** Ends the connection; a problem is told first. */
  function drop(why: keyof typeof closeCodes & Dropped, problem?: ProblemDocument): void {
    if (socket.readyState !== WebSocket.OPEN) return
    if (problem !== undefined) outbox.send(problem)
    report(why)
    close(why, closed())
  }

  /** Counts what came; says whether it is to be looked at. */
  function admit(): boolean {
    isAlive = true
    if (socket.readyState !== WebSocket.OPEN) return false
    if (mayGoOn()) return true
    const detail = `More than ${frameRate.perSecond} frames a second came.`
    drop('flood', problemOf(new AiosError('ws.flood', detail)))
    return false
  }

  socket.on('message', (data, isBinary) => {
    if (!admit()) return
    if (isBinary) drop('binary')
    else void answer(data, { conversation, outbox, problemOf, drop })
  })
  socket.on('ping', admit)
  socket.on('pong', admit)
  // The library closes with the code of what is wrong with a frame, and tells here what it was.
  socket.on('error', (error) => report(isTooLarge(error) ? 'tooLarge' : 'broken'))
  socket.on('close', () => conversation.end(closed()))

  return {
    beat() {
      if (!isAlive) {
        report('silent')
        return socket.terminate()
      }
      isAlive = false
      socket.ping()
      pass.check().catch((error: unknown) => drop('expired', problemOf(error)))
    },
    stop: (error) => close('stopping', error),
  }
}

/** What a frame is answered with. */
interface Talk extends Pick<ConnectionParts, 'problemOf'> {
  readonly conversation: Conversation
  readonly outbox: Outbox
  readonly drop: (why: 'malformed' | 'refused') => void
}

async function answer(data: RawData, { conversation, outbox, problemOf, drop }: Talk): Promise<void> {
  const value = parseFrame(textOf(data))
  try {
    await conversation.hear(readFrame(value))
  } catch (error) {
    const problem = problemOf(error)
    outbox.send({ ...problem, ...idOf(value) })
    if (value === undefined) drop('malformed')
    if (problem.code === 'daemon.version') drop('refused')
  }
}

function closed(): AiosError {
  return new AiosError('command.interrupted', 'The connection was closed.')
}

/** Returns the same function, of which only the first call counts. */
function once<T>(act: (value: T) => void): (value: T) => void {
  let isDone = false
  return (value) => {
    if (!isDone) act(value)
    isDone = true
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString()
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString()
}

/** Returns the id of a frame as its answer carries it; none where there is none that may be repeated. */
function idOf(frame: Readonly<Record<string, unknown>> | undefined): { id?: string } {
  const id = frame?.['id']
  return typeof id === 'string' && id !== '' && id.length <= webSocketLimits.idLength ? { id } : {}
}

function isTooLarge(error: Error): boolean {
  return 'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
}
