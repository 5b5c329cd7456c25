import type { Check, Complaint } from '../../contract/check.ts'
import { AiosError } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import type { InputOf, Route } from '../../contract/route.ts'

/** The parts of a request that hold a route's input. */
export interface RequestParts {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

/** Returns what the route is called with, or throws what is wrong with it. */
export function readInput<R extends Route>(
  route: R,
  check: Check<R['input']>,
  request: RequestParts,
): InputOf<R> {
  const params = fieldsOf(request.params)
  const inBody = route.method === 'POST' || route.method === 'PUT'
  const query = fieldsOf(request.query)
  if (inBody && Object.keys(query).length > 0) {
    throw new AiosError('request.invalid', `${route.method} ${route.path} takes no query; use the body.`)
  }
  const rest = inBody ? fieldsOf(request.body === undefined ? {} : request.body) : coerce(route.input, query)
  const twice = Object.keys(params).find((name) => Object.hasOwn(rest, name))
  if (twice !== undefined) throw new AiosError('request.invalid', `\`${twice}\` stands in the path already.`)

  const input: unknown = { ...rest, ...params }
  if (check.accepts(input)) {
    const tooLong = textBeyondBytes(route.input, { ...rest, ...params })
    if (tooLong !== undefined) throw tooLarge(tooLong)
    return input
  }
  throw refusal(check.complaints(input))
}

function refusal(complaints: readonly Complaint[]): AiosError {
  const tooLong = complaints.find(
    ({ keyword, message }) => keyword === 'maxLength' && message.includes(String(limits.questionBytes)),
  )
  if (tooLong !== undefined) return tooLarge(tooLong.at)
  const seen = new Set(
    complaints.map(({ at, message }) => (at === '' ? `It ${message}` : `\`${at}\` ${message}`)),
  )
  return new AiosError('request.invalid', [...seen].slice(0, 5).map(asSentence).join(' '))
}

function tooLarge(name: string): AiosError {
  return new AiosError('request.too-large', `\`${name}\` is longer than ${limits.questionBytes} bytes.`)
}

/** Returns the name of a question that is too long in bytes: a schema counts characters. */
function textBeyondBytes(schema: Route['input'], input: Record<string, unknown>): string | undefined {
  const properties = fieldsOf('properties' in schema ? schema.properties : {})
  return Object.entries(input).find(
    ([name, value]) =>
      typeof value === 'string' &&
      fieldsOf(properties[name])['maxLength'] === limits.questionBytes &&
      Buffer.byteLength(value) > limits.questionBytes,
  )?.[0]
}

function asSentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`
}

/** Returns the values of a query with the types that the schema asks for; what does not fit stays text. */
function coerce(schema: Route['input'], query: Record<string, unknown>): Record<string, unknown> {
  const properties: unknown = 'properties' in schema ? schema.properties : {}
  const typed = Object.entries(query).map(([name, value]) => [
    name,
    coerceOne(fieldsOf(properties)[name], value),
  ])
  return Object.fromEntries(typed)
}

function coerceOne(schema: unknown, value: unknown): unknown {
  if (typeof value !== 'string' || typeof schema !== 'object' || schema === null) return value
  const type = 'type' in schema ? schema.type : undefined
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(value)) return Number(value)
  return value
}

function fieldsOf(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new AiosError('request.invalid', 'The body must be one JSON object.')
}
