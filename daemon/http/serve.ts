import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify'
import { createCheck, type Check } from '../../contract/check.ts'
import { AiosError } from '../../contract/errors.ts'
import { isLongWork, type Answers, type Route } from '../../contract/route.ts'
import { routes, type RouteName } from '../../contract/routes.ts'
import type { ProblemDocument } from '../../contract/service.ts'
import { type EntranceParts, guardEntrance } from './entrance.ts'
import { acceptHookForms } from './hook-form.ts'
import type { Once } from './idempotency.ts'
import { readInput } from './input.ts'
import { answerKeyed, keyedRequest } from './keyed.ts'
import { answerWork, type WorkDoor } from './long-work.ts'
import { methodsAt } from './methods.ts'
import { type Mount, serveMount } from './mount.ts'
import { foreseen, problemOf } from './problem.ts'
import { isStream, ndjson } from './stream.ts'
import { watched, type Watch } from './watch.ts'

/** What the HTTP door is made of. */
export interface ServerParts extends EntranceParts {
  readonly answers: Answers<typeof routes>
  /** Does long work as tasks; without it, callers wait for it like for any answer. */
  readonly work?: WorkDoor
  /** Answers requests that have a key once; without it, as often as they come. */
  readonly once?: Once
  /** What is answered beside the contract. */
  readonly mounts?: readonly Mount[]
  /** Whether questions can be answered; until then only the daemon itself can be asked about. */
  readonly isReady: () => boolean
  /** Returns the id of the trace that a request belongs to, by its `traceparent`. */
  readonly traceId: (traceparent?: string) => string
  readonly watch?: Watch
  /** Fastify's own; `false` for silence. */
  readonly logger: Exclude<FastifyServerOptions['logger'], undefined>
  /** How long running answers may take to end when the server closes. */
  readonly drainMs?: number
  /** Whether each reply is held against its schema; tests do, users need not wait for it. */
  readonly checkReplies?: boolean
}

/** What ends answers from the daemon's side; the reason is the error that callers get. */
export interface Ends {
  /** Streams have no end of their own, so they end first. */
  readonly streams: AbortSignal
  readonly answers: AbortSignal
}

/** What can be asked of a daemon that is still getting ready. */
const alwaysAnswered: ReadonlySet<RouteName> = new Set([
  'health',
  'identity',
  'ready',
  'metrics',
  'status',
  'stop',
])

/** Serves each route of the contract. */
export function serve(app: FastifyInstance, parts: ServerParts, ends: Ends): void {
  guardEntrance(app, parts)
  acceptHookForms(app)
  for (const name of namesOf(routes)) serveOne(app, name, parts, ends)
  for (const mount of parts.mounts ?? []) serveMount(app, mount)
  const served = [...Object.values<Route>(routes), ...(parts.mounts ?? [])]
  app.setNotFoundHandler((request, response) => {
    const allowed = methodsAt(request.url, served)
    const asked = `${request.method} ${request.url.slice(0, 200)}`
    if (allowed.length === 0) throw new AiosError('request.unknown-route', `Nothing answers ${asked}.`)
    void response.header('allow', allowed.join(', '))
    throw new AiosError('request.wrong-method', `Nothing answers ${asked}; ${allowed.join(' or ')} would do.`)
  })
}

function serveOne<N extends RouteName>(app: FastifyInstance, name: N, parts: ServerParts, ends: Ends): void {
  const route: (typeof routes)[N] & Route = routes[name]
  const end = route.shape === 'stream' ? ends.streams : ends.answers
  const input = createCheck<(typeof routes)[N]['input']>(route.input)
  const held =
    parts.checkReplies === true ? holdTo(name, createCheck(route.reply)) : (reply: unknown) => reply

  app.route({
    method: route.method,
    url: route.path,
    ...(route.bodyBytes === undefined ? {} : { bodyLimit: route.bodyBytes }),
    config: { admission: route, subject: name, isStream: route.shape === 'stream' },
    handler: watched(parts.watch, name, async (request, response) => {
      if (!parts.isReady() && !alwaysAnswered.has(name)) {
        throw new AiosError('daemon.busy', 'The daemon is still starting.')
      }
      const asked = readInput<(typeof routes)[N]>(route, input, request)
      const gone = goneSignal(response)
      const signal = AbortSignal.any([gone, end])
      const answerNow = async (taskId?: string): Promise<unknown> => {
        try {
          if (parts.work !== undefined && isLongWork(route, asked)) {
            const wanted = { kind: name, input: asked, headers: request.headers, id: taskId }
            // It goes on without whoever waits for it, so that nobody need wait when the daemon ends.
            const patience = AbortSignal.any([gone, ends.streams])
            const reply = await answerWork(wanted, parts.work, response, patience)
            return response.statusCode === 202 ? reply : held(reply)
          }
          const answer: unknown = parts.answers[name](asked, signal)
          if (!isStream(answer)) return asAsked(held(await answer), route, request, response)
          const lines = await ndjson(mapped(answer, held), (error) =>
            explained(name, error, request, end, signal),
          )
          void response.type('application/x-ndjson')
          return lines
        } catch (error) {
          throw end.aborted ? end.reason : error
        }
      }
      const keyed = keyedRequest(route, request, asked)
      if (keyed === undefined || parts.once === undefined) return answerNow()
      const id = parts.once.idOf(keyed)
      return answerKeyed(keyed, parts.once, { request, response }, () => answerNow(id))
    }),
  })
}

/** Returns what a stream that broke off says in its last line. */
function explained(
  route: RouteName,
  error: unknown,
  request: FastifyRequest,
  end: AbortSignal,
  signal: AbortSignal,
): ProblemDocument {
  const expected = end.aborted ? foreseen(end.reason) : foreseen(error)
  const isBug = expected === undefined && !signal.aborted
  if (isBug) request.log.error({ err: error, route }, 'a stream failed')
  return problemOf(expected, request.id)
}

/** Returns the reply, or only its text for a caller that reads no JSON, as a shell or a collector does. */
function asAsked(
  reply: unknown,
  { media }: Route,
  { headers }: FastifyRequest,
  response: FastifyReply,
): unknown {
  const isText =
    typeof reply === 'object' && reply !== null && 'text' in reply && typeof reply.text === 'string'
  const wantsText =
    media === undefined
      ? headers.accept === 'text/plain'
      : headers.accept?.includes('application/json') !== true
  if (!isText || !wantsText) return reply
  void response.type(media ?? 'text/plain; charset=utf-8')
  return reply.text
}

/** Returns a signal that is aborted when the caller goes away before the answer is written. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  return gone.signal
}

function holdTo(name: RouteName, check: Check<Route['input']>): (reply: unknown) => unknown {
  return (reply) => {
    const complaints = check.complaints(reply)
    if (complaints.length === 0) return reply
    throw new Error(`${name} replied what it must not: ${JSON.stringify(complaints)}`)
  }
}

async function* mapped(
  replies: AsyncIterable<unknown>,
  map: (reply: unknown) => unknown,
): AsyncGenerator<unknown> {
  for await (const reply of replies) yield map(reply)
}

function namesOf<T extends object>(record: T): (keyof T & string)[] {
  const isName = (name: string): name is keyof T & string => Object.hasOwn(record, name)
  return Object.keys(record).filter(isName)
}
