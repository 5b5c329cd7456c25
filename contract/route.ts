import type { Static, TSchema } from 'typebox'
import type { Role } from './caller.ts'

/** How dear a call is, for rate limits. */
export type Cost = 'cheap' | 'search' | 'heavy'

/**
 * How long work is done. It is answered with `202 Accepted` and its task, unless it ends while the caller waits:
 * a second, or what the caller asks for (`Prefer: wait=60`, `Prefer: respond-async`, of RFC 7240).
 */
export interface TaskPolicy {
  /** The field of the input without which it is no long work; it always is when absent. */
  readonly when?: string
  /** How often it is tried, where a failure may pass, before it is a dead letter. */
  readonly tries: number
  /** The urgency of RFC 9218, where the caller names none (`Priority: u=3`): 0 is done first, 7 last. */
  readonly priority: number
}

/**
 * One thing that the daemon can be asked: served, documented and called from this same object.
 *
 * `:name` parts of the path are filled from the input; the rest of the input is the query of a GET or
 * DELETE and the JSON body of everything else.
 */
export interface Route<
  Input extends TSchema = TSchema,
  Reply extends TSchema = TSchema,
  Shape extends 'object' | 'stream' = 'object' | 'stream',
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: `/${string}`
  readonly summary: string
  readonly role: Role
  /** Whether strangers are answered too: there is nothing to learn, or the input itself is the credential. */
  readonly isOpen?: boolean
  readonly cost: Cost
  readonly input: Input
  readonly reply: Reply
  /** Bytes that its body may have, where that is not what all others may. */
  readonly bodyBytes?: number
  /** Whether its reply holds a secret, which is told once and kept nowhere. */
  readonly isSecret?: boolean
  /** How it is done as a task, when it takes long. */
  readonly task?: TaskPolicy
  /** The media type of the reply’s `text`, which alone is sent to whoever does not ask for JSON. */
  readonly media?: string
  /**
   * `stream` answers with newline-delimited JSON, one reply a line, until either side ends it. One that
   * fails on the way says so in its last line: `{"problem": …}`.
   */
  readonly shape: Shape
}

/** What a route is called with. */
export type InputOf<R extends Route> = Static<R['input']>

/** What a route answers. */
export type ReplyOf<R extends Route> = Static<R['reply']>

/** Creates a route that answers once; exists so that the types of input and reply are kept. */
export function route<Input extends TSchema, Reply extends TSchema>(
  description: Omit<Route<Input, Reply>, 'shape'>,
): Route<Input, Reply, 'object'> {
  return { ...description, shape: 'object' }
}

/** Creates a route that answers with a stream. */
export function streamRoute<Input extends TSchema, Reply extends TSchema>(
  description: Omit<Route<Input, Reply>, 'shape'>,
): Route<Input, Reply, 'stream'> {
  return { ...description, shape: 'stream' }
}

/**
 * Says whether a call may carry an `Idempotency-Key`, so that it is done once however often it is sent: what
 * changes something, and whose answer may be kept.
 */
export function takesKey({
  method,
  role,
  isSecret = false,
}: Pick<Route, 'method' | 'role' | 'isSecret'>): boolean {
  return method !== 'GET' && role !== 'reader' && !isSecret
}

/** Says whether a call with this input is long work. */
export function isLongWork({ task }: Pick<Route, 'task'>, input: object): boolean {
  if (task === undefined) return false
  const { when } = task
  return when === undefined || Object.entries(input).some(([name, value]) => name === when && Boolean(value))
}

/** Returns the address to call, and what of the input is left for the query or the body. */
export function addressOf(
  path: string,
  input: Readonly<Record<string, unknown>>,
): { path: string; rest: Record<string, unknown> } {
  const rest = { ...input }
  const filled = path.replace(/:([a-z]+)/gi, (_match, name: string) => {
    const value = rest[name]
    delete rest[name]
    return encodeURIComponent(String(value))
  })
  return { path: filled, rest }
}

/** What answers each of these routes. The doors call them and know nothing else of the daemon. */
export type Answers<Routes extends Readonly<Record<string, Route>>> = {
  readonly [N in keyof Routes]: (
    input: InputOf<Routes[N]>,
    signal: AbortSignal,
  ) => Routes[N]['shape'] extends 'stream' ? AsyncIterable<ReplyOf<Routes[N]>> : Promise<ReplyOf<Routes[N]>>
}

/** Says whether the value has the fields that the schema asks for; a daemon of the same protocol sends no other. */
export function isReply<S extends TSchema>(schema: S, value: unknown): value is Static<S> {
  if (typeof value !== 'object' || value === null) return false
  const required: unknown = 'required' in schema ? schema.required : []
  return Array.isArray(required) && required.every((name) => typeof name === 'string' && name in value)
}
