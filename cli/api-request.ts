import { readFile } from 'node:fs/promises'
import { AiosError } from '../contract/errors.ts'
import { propertiesOf } from '../contract/fields.ts'
import { addressOf, type Route } from '../contract/route.ts'
import { routes } from '../contract/routes.ts'
import { choicesOf, itemOf, type Schema } from '../contract/validate.ts'
import { queryOf, type RawRequest } from './client.ts'
import { readInput } from './read-input.ts'

/** What was typed behind `aios api`. */
export interface ApiWords {
  readonly method: string
  readonly path: string
  /** Each as in `limit=5`; an inner field as in `filters.author=ada`. */
  readonly fields: readonly string[]
  /** A file with the body, or `-`. */
  readonly input: string | undefined
}

const methods = ['GET', 'POST', 'PUT', 'DELETE']

/** Returns the request that was meant. A field has the type that its route wants, so far as it can be read so. */
export async function apiRequest({ method: verb, path, fields, input }: ApiWords): Promise<RawRequest> {
  const method = verb.toUpperCase()
  if (!methods.includes(method)) throw usage(`The method must be one of ${methods.join(', ')}.`)
  if (!path.startsWith('/')) throw usage(`The path must begin with a slash, as \`/v1/status\` does.`)
  const given = nested(fields.map(pairOf), routeAt(method, path)?.input)
  const { path: filled, rest } = addressOf(path, given)
  if (method === 'GET' || method === 'DELETE') {
    if (input !== undefined) throw usage(`A ${method} has no body; give fields with --field.`)
    return { method, path: filled + queryBehind(filled, rest), body: '' }
  }
  if (input === undefined) return { method, path: filled, body: JSON.stringify(rest) }
  if (Object.keys(rest).length > 0) throw usage('Give the body with --input or with --field, not both.')
  return { method, path: filled, body: await readBody(input) }
}

/** Returns the route that the path leads to, whether its `:name` parts are filled in or not. */
function routeAt(method: string, path: string): Route | undefined {
  const parts = (path.split('?')[0] ?? '').split('/')
  return Object.values<Route>(routes).find((route) => {
    const wanted = route.path.split('/')
    const fits = wanted.every((part, at) => part.startsWith(':') || part === parts[at])
    return route.method === method && wanted.length === parts.length && fits
  })
}

type Pair = readonly [name: string, value: string]

function pairOf(field: string): Pair {
  const at = field.indexOf('=')
  if (at < 1) throw usage(`\`${field}\` is no field; write \`name=value\`.`)
  return [field.slice(0, at), field.slice(at + 1)]
}

/** Returns the fields as an object: what stands behind a dot belongs to the object before it. */
function nested(pairs: readonly Pair[], schema: Schema | undefined): Record<string, unknown> {
  const groups = Map.groupBy(pairs, ([name]) => name.split('.')[0] ?? name)
  const entries = [...groups].map(([name, group]) => {
    const part = schema && propertiesOf(schema)[name]
    const inner = group.flatMap(([full, value]): Pair[] =>
      full === name ? [] : [[full.slice(name.length + 1), value]],
    )
    const values = group.flatMap(([full, value]) => (full === name ? [value] : []))
    return [name, inner.length > 0 ? nested(inner, part) : valueOf(values, part)]
  })
  return Object.fromEntries(entries)
}

/** Returns a list where the route wants one, or where a name was given more than once. */
function valueOf(values: readonly string[], schema: Schema | undefined): unknown {
  const item = schema && itemOf(schema)
  const read = values.map((value) => scalarOf(value, item ?? schema))
  return item !== undefined || read.length > 1 ? read : read[0]
}

/** A text stays text where the route wants text; elsewhere numbers, true and false are what they look like. */
function scalarOf(text: string, schema: Schema | undefined): unknown {
  const isText = schema !== undefined && 'type' in schema && schema.type === 'string'
  if (isText || (schema !== undefined && choicesOf(schema).length > 0)) return text
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) ? Number(text) : text
}

function queryBehind(path: string, fields: Readonly<Record<string, unknown>>): string {
  const query = queryOf(fields)
  return path.includes('?') ? query.replace('?', '&') : query
}

async function readBody(file: string): Promise<string> {
  const text = file === '-' ? await readInput() : await readFile(file, 'utf8').catch(refuse)
  if (isJson(text)) return text
  throw usage(`${file === '-' ? 'Standard input' : file} holds no JSON.`)
}

function refuse(error: unknown): never {
  throw usage(`The input cannot be read: ${error instanceof Error ? error.message : String(error)}.`)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function usage(message: string): AiosError {
  return new AiosError('command.usage', message)
}
