import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { fastify, LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { AiosError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import { foreseen, problemOf } from './problem.ts'
import { serve, type ServerParts } from './serve.ts'
import { takeSocketPlace, type SocketPlace } from './socket.ts'
import { countAnswers, traceparentOf } from './watch.ts'

/** The HTTP door. */
export interface Server {
  /** Listens on a Unix socket that only its owner may open. */
  listen(socketPath: string): Promise<void>
  /** Refuses what is new, lets what is running end, then lets go of the socket. */
  close(): Promise<void>
}

/** Creates the HTTP door: each route of the contract, and nothing else. */
export function createServer(parts: ServerParts): Server {
  const closing = new AbortController()
  const cut = new AbortController()
  const app = createApp(parts.logger, parts.traceId)
  const running = new Set<string>()
  let place: SocketPlace | undefined

  app.addHook('onRequest', async (request, reply) => {
    if (closing.signal.aborted) throw stoppingError()
    running.add(request.id)
    reply.raw.once('close', () => running.delete(request.id))
  })
  if (parts.watch !== undefined) countAnswers(app, parts.watch)
  serve(app, parts, { streams: closing.signal, answers: cut.signal })

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

    async close() {
      if (closing.signal.aborted) return
      closing.abort(stoppingError())
      await drained(running, parts.drainMs ?? 4000)
      cut.abort(stoppingError())
      await drained(running, 500)
      app.server.closeAllConnections()
      await app.close()
      place?.release()
    },
  }
}

function createApp(logger: ServerParts['logger'], traceId: ServerParts['traceId']): FastifyInstance {
  const app = fastify({
    logger,
    genReqId: ({ headers }) => traceId(traceparentOf(headers)),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'traceId' }),
    bodyLimit: limits.bodyBytes,
    requestTimeout: 30_000,
    keepAliveTimeout: 5000,
    return503OnClosing: false,
    exposeHeadRoutes: false,
    requestIdHeader: false,
    frameworkErrors: answerError,
    clientErrorHandler: (error, socket) => refuse(error, socket, traceId(undefined)),
    routerOptions: { maxParamLength: 3 * 4096 },
  })
  app.setErrorHandler(answerError)
  app.setNotFoundHandler((request) => {
    throw new AiosError(
      'request.unknown-route',
      `Nothing answers ${request.method} ${request.url.slice(0, 200)}.`,
    )
  })
  return app
}

/** Answers what could not be understood as a request, in the words that every other failure is told in. */
function refuse(error: Error & { code?: string }, socket: Socket, id: string): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const isLong = error.code === 'HPE_HEADER_OVERFLOW'
  const expected = isLong
    ? new AiosError('request.too-large', 'The head of the request is larger than the daemon reads.')
    : new AiosError('request.invalid', `This is not a request that could be read: ${error.message}`)
  const problem = problemOf(expected, id)
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? 'Error'}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const expected = foreseen(error)
  // What stands behind the path may be a question, and a question may quote a secret.
  const url = request.url.split('?', 1)[0]
  if (expected === undefined) request.log.error({ err: error, url }, 'a request failed')
  const problem = problemOf(expected, request.id)
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
