import type { Agent, IncomingMessage, RequestOptions } from 'node:http'
import { http } from '../contract/node-http.ts'
import { AiosError, isErrorCode } from '../contract/errors.ts'
import { addressOf, isReply, type InputOf, type ReplyOf, type Route } from '../contract/route.ts'
import { Task } from '../contract/task.ts'
import { outcomeOf } from './long-work.ts'

/** Speaks with one daemon. */
export interface Client {
  readonly socket: string
  /**
   * Calls a route that answers once. Without a limit it waits as long as the route's cost allows; for long work,
   * until its task has ended.
   */
  call<R extends Route>(route: R, input: InputOf<R>, limitMs?: number): Promise<ReplyOf<R>>
  /** Calls a route of long work, and tells how it goes until it has ended. */
  work<R extends Route>(route: R, input: InputOf<R>, onTask: (task: Task) => void): Promise<ReplyOf<R>>
  /** Calls a route that answers with a stream; leaving the loop ends the call. */
  stream<R extends Route>(route: R, input: InputOf<R>): AsyncGenerator<ReplyOf<R>>
  /** Sends a request as it is, and waits as long as it takes. A problem is thrown as the error it tells of. */
  exchange(request: RawRequest): Promise<RawReply>
  /** Lets go of the connection, which would keep the process alive. */
  close(): void
}

/** A request whose route is not known beforehand. */
export interface RawRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  /** JSON; empty for none. */
  readonly body: string
}

/** What came back; it can be read once, in one of these ways. */
export interface RawReply {
  /** Without parameters: `application/json`. */
  readonly type: string
  text(): Promise<string>
  /** Returns the objects of newline-delimited JSON as they come. */
  lines(): AsyncGenerator<unknown>
}

/** How long an answer may take; heavy work ends when it ends. */
const limitsMs = { cheap: 30_000, search: 120_000, heavy: 0 }

/** Creates a client for the socket. Every call ends when the signal is aborted. */
export function createClient(socket: string, signal: AbortSignal): Client {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 })
  const ask = (request: RawRequest, limitMs: number, prefer?: string) =>
    send({ ...request, prefer, socket, agent, signal: signalFor(signal, limitMs) })
  const open = (route: Route, input: unknown, limitMs: number, prefer?: string) =>
    ask(requestFor(route, asRecord(input)), limitMs, prefer)
  const canceller = () => createClient(socket, new AbortController().signal)

  async function replyOf<R extends Route>(
    route: R,
    response: IncomingMessage,
    onTask: (task: Task) => void,
  ): Promise<ReplyOf<R>> {
    const answer = parse(await textOf(response))
    const isTask = response.statusCode === 202 && isReply(Task, answer)
    const reply = isTask ? await outcomeOf(answer, { client, signal, canceller, onTask }) : answer
    if (isReply<R['reply']>(route.reply, reply)) return reply
    throw strange(`${route.method} ${route.path}`)
  }

  const client: Client = {
    socket,

    async call<R extends Route>(route: R, input: InputOf<R>, limitMs = limitsMs[route.cost]) {
      return replyOf(route, await open(route, input, limitMs), () => {})
    },

    async work<R extends Route>(route: R, input: InputOf<R>, onTask: (task: Task) => void) {
      return replyOf(route, await open(route, input, 0, 'respond-async'), onTask)
    },

    async *stream<R extends Route>(route: R, input: InputOf<R>) {
      const response = await open(route, input, 0)
      for await (const reply of repliesOf(response)) {
        if (!isReply<R['reply']>(route.reply, reply)) throw strange(`${route.method} ${route.path}`)
        yield reply
      }
    },

    async exchange(request) {
      const response = await ask(request, 0)
      const [type = ''] = (response.headers['content-type'] ?? '').split(';')
      return { type: type.trim(), text: () => textOf(response), lines: () => repliesOf(response) }
    },

    close() {
      agent.destroy()
    },
  }
  return client
}

interface Sent extends RawRequest {
  readonly socket: string
  readonly agent: Agent
  /** How the answer is wanted (RFC 7240). */
  readonly prefer: string | undefined
  readonly signal: AbortSignal
}

function requestFor(route: Route, input: Readonly<Record<string, unknown>>): RawRequest {
  const { method } = route
  const { path, rest } = addressOf(route.path, input)
  const inBody = method === 'POST' || method === 'PUT'
  return inBody
    ? { method, path, body: JSON.stringify(rest) }
    : { method, path: path + queryOf(rest), body: '' }
}

/** Sends the request and waits for the head of the answer; a problem is thrown as the error it tells of. */
async function send({ socket, agent, method, path, body, prefer, signal }: Sent): Promise<IncomingMessage> {
  const headers = {
    ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    ...(prefer === undefined ? {} : { prefer }),
  }
  const options = { socketPath: socket, agent, method, path, headers, signal }
  const response = await exchange(options, body).catch((error: unknown) => {
    throw asExpected(error, signal)
  })
  // An answer that breaks off is told to whoever reads it; without this it would also end the process.
  response.on('error', () => {})
  if ((response.statusCode ?? 500) < 400) return response
  throw errorOf(parse(await textOf(response)))
}

/**
 * Sends one request and waits for the head of its answer.
 *
 * A kept connection that the daemon has closed is noticed only when it is written to; what was sent on it has
 * reached nobody, and is sent again on a new one (as Node's documentation of `reusedSocket` says).
 */
function exchange(options: RequestOptions, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const call = http.request(options)
    call.on('response', resolve)
    call.on('error', (error) => {
      if (call.reusedSocket && 'code' in error && closed.has(error.code)) resolve(exchange(options, body))
      else reject(error)
    })
    call.end(body)
  })
}

const closed: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE'])

/** Returns the query that a GET or DELETE carries; empty without fields. */
export function queryOf(input: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    query.set(name, text)
  }
  return query.size === 0 ? '' : `?${query.toString()}`
}

async function textOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  try {
    for await (const piece of response) pieces.push(Buffer.from(piece))
  } catch (error) {
    throw broken(error)
  }
  return Buffer.concat(pieces).toString()
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = ''
  try {
    response.setEncoding('utf8')
    for await (const piece of response) {
      const lines = (rest + String(piece)).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } catch (error) {
    throw broken(error)
  } finally {
    response.destroy()
  }
  if (rest !== '') throw strange('the stream')
}

/** Returns what a stream says, line by line; its last line may be a problem, which is thrown. */
async function* repliesOf(response: IncomingMessage): AsyncGenerator<unknown> {
  for await (const line of linesOf(response)) {
    const reply = parse(line)
    const problem = asRecord(reply)['problem']
    if (problem !== undefined) throw errorOf(problem)
    yield reply
  }
}

/** Returns the error that a problem document tells of. */
function errorOf(problem: unknown): AiosError {
  const { code, detail } = asRecord(problem)
  if (typeof code !== 'string' || typeof detail !== 'string') return strange('an error')
  return isErrorCode(code) ? new AiosError(code, detail) : new AiosError('internal', `${code}: ${detail}`)
}

function asExpected(error: unknown, signal: AbortSignal): AiosError {
  if (signal.aborted && isTimeout(signal.reason)) {
    return new AiosError('daemon.busy', 'The daemon did not answer in time.', { cause: error })
  }
  return broken(error)
}

function broken(error: unknown): AiosError {
  if (error instanceof AiosError) return error
  if (error instanceof Error && error.name === 'AbortError') {
    return new AiosError('command.interrupted', 'Interrupted.', { cause: error })
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no reason given'
  return new AiosError('daemon.unreachable', `The daemon cannot be reached (${code}).`, { cause: error })
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError'
}

function signalFor(signal: AbortSignal, limitMs: number): AbortSignal {
  return limitMs === 0 ? signal : AbortSignal.any([signal, AbortSignal.timeout(limitMs)])
}

function strange(what: string): AiosError {
  return new AiosError('daemon.version', `The daemon answered ${what} in a way that this aios does not know.`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
