import type { Server as HttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { fastify, LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { http } from '../../contract/node-http.ts'
import { AiosError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import { WaitError } from '../../contract/wait-error.ts'
import { enter } from './entrance.ts'
import { foreseen, problemOf } from './problem.ts'
import { answerRaw } from './raw-answer.ts'
import { serve, type ServerParts } from './serve.ts'
import { takeSocketPlace, type SocketPlace } from './socket.ts'
import { acceptUpgrades, type Accept } from './upgrade.ts'
import { countAnswers, traceparentOf } from './watch.ts'

/** What one door is made of: what it answers, and what may become of its connections. */
export interface DoorParts extends ServerParts {
  /** What speaks another protocol, by path. */
  readonly upgrades?: Readonly<Record<string, Accept>>
  /** PEM texts; absent for a door without TLS. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** How long a head may take to arrive, in milliseconds; a body may take three times as long. */
  readonly patienceMs?: number
}

/** The HTTP door. */
export interface Server {
  /** Listens on a Unix socket that only its owner may open. */
  listen(socketPath: string): Promise<void>
  /** Listens on TCP and returns the port; 0 lets the system choose one. Only behind a guard. */
  listenOn(address: string, port: number): Promise<number>
  /** Refuses what is new, lets what is running end, then lets go of the socket. */
  close(): Promise<void>
}

/** Creates the HTTP door: each route of the contract, and nothing else. */
export function createServer(parts: DoorParts): Server {
  const closing = new AbortController()
  const cut = new AbortController()
  const app = createApp(parts)
  const running = new Set<string>()
  let place: SocketPlace | undefined

  app.addHook('onRequest', async (request, reply) => {
    if (closing.signal.aborted) throw stoppingError()
    running.add(request.id)
    reply.raw.once('close', () => running.delete(request.id))
  })
  if (parts.watch !== undefined) countAnswers(app, parts.watch)
  serve(app, parts, { streams: closing.signal, answers: cut.signal })
  const upgraded = acceptUpgrades(app.server, {
    ...parts,
    upgrades: parts.upgrades ?? {},
    closing: () => (closing.signal.aborted ? stoppingError() : undefined),
    onBug: (error) => app.log.error({ err: error }, 'an upgrade failed'),
  })

  return {
    async listen(socketPath) {
      place = takeSocketPlace(socketPath)
      try {
        await app.listen({ path: socketPath })
        place.protect()
      } catch (error) {
        place.release()
        throw error
      }
    },

    async listenOn(address, port) {
      if (parts.guard === undefined) throw new TypeError('Nothing listens on TCP without a guard.')
      // What is more would take the files that everything else needs; a thousand WebSockets fit.
      app.server.maxConnections = mostConnections
      await app.listen({ host: address, port })
      const bound = app.server.address()
      return typeof bound === 'object' && bound !== null ? bound.port : port
    },

    async close() {
      if (closing.signal.aborted) return
      closing.abort(stoppingError())
      await drained(running, parts.drainMs ?? 4000)
      cut.abort(stoppingError())
      await drained(running, 500)
      app.server.closeAllConnections()
      upgraded.cut()
      await app.close()
      place?.release()
    },
  }
}

function createApp({ logger, traceId, guard, tls, patienceMs = 10_000 }: DoorParts): FastifyInstance {
  const app = fastify({
    logger,
    serverFactory: (handler) => openHttp(handler, patienceMs, tls),
    genReqId: ({ headers }) => traceId(traceparentOf(headers)),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'traceId' }),
    bodyLimit: limits.bodyBytes,
    return503OnClosing: false,
    exposeHeadRoutes: false,
    requestIdHeader: false,
    // An address that cannot be read is answered without hooks; strangers need not hear what is wrong with it.
    frameworkErrors: (error, request, reply) =>
      void enter(request, reply, guard).then(
        () => answerError(error, request, reply),
        (refusal: unknown) => answerError(refusal, request, reply),
      ),
    clientErrorHandler: (error, socket) => refuse(error, socket, traceId(undefined)),
    routerOptions: { maxParamLength: 3 * 4096 },
    schemaController: { compilersFactory: noCompilers },
  })
  app.setErrorHandler(answerError)
  // Any page may post it to any address, with no preflight.
  app.removeContentTypeParser('text/plain')
  return app
}

/** The contract's schemas are checked by itself; loading what fastify would check them with takes 40 ms. */
const noCompilers = { buildValidator: () => refuseSchema, buildSerializer: () => refuseSchema }

function refuseSchema(): never {
  throw new TypeError('Routes have no schemas of fastify; the contract has them.')
}

const mostConnections = 2048

type Handler = Parameters<typeof http.createServer>[1]

/** Returns a server that waits for nobody's head or body for long. */
function openHttp(handler: Handler, patienceMs: number, tls: DoorParts['tls']): HttpServer {
  const times = {
    headersTimeout: patienceMs,
    requestTimeout: 3 * patienceMs,
    keepAliveTimeout: 5000,
    connectionsCheckingInterval: patienceMs / 2,
  }
  if (tls === undefined) return http.createServer(times, handler)
  return createHttpsServer({ ...times, ...tls, minVersion: 'TLSv1.2' }, handler)
}

/** Answers what could not be understood as a request, in the words that every other failure is told in. */
function refuse(error: Error & { code?: string }, socket: Socket, id: string): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  answerRaw(socket, problemOf(misread(error), id))
}

function misread({ code, message }: Error & { code?: string }): AiosError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new AiosError('request.too-large', 'The head of the request is larger than the daemon reads.')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new AiosError('request.too-slow', 'The request did not arrive in time.')
  return new AiosError('request.invalid', `This is not a request that could be read: ${message}`)
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const expected = foreseen(error)
  // What stands behind the path may be a question, and a question may quote a secret.
  const url = request.url.split('?', 1)[0]
  if (expected === undefined) request.log.error({ err: error, url }, 'a request failed')
  const problem = problemOf(expected, request.id)
  if (expected instanceof WaitError) void reply.header('retry-after', String(expected.seconds))
  if (problem.code === 'daemon.stopping') void reply.header('connection', 'close')
  void reply.code(problem.status).type('application/problem+json').send(problem)
}

function stoppingError(): AiosError {
  return new AiosError('daemon.stopping', 'The daemon is shutting down.')
}

/** Waits until nothing runs, at most so long. */
async function drained(running: ReadonlySet<string>, deadlineMs: number): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (running.size > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
