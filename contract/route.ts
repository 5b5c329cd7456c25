import type { Static, TSchema } from 'typebox'
import type { Role } from './caller.ts'

/** How dear a call is, for rate limits. */
export type Cost = 'cheap' | 'search' | 'heavy'

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
