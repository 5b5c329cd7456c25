import { propertiesOf } from '../../contract/fields.ts'
import { takesKey, type Route } from '../../contract/route.ts'
import { Task } from '../../contract/task.ts'
import { referring } from './openapi-schemas.ts'

/** Returns a path as OpenAPI writes it: `/v1/plugins/{plugin}` for `/v1/plugins/:plugin`. */
export function templateOf(path: string): string {
  return path.replace(/:([a-z]+)/gi, '{$1}')
}

/** Returns the operation that a route is. */
export function operationOf(name: string, route: Route): object {
  const { summary, role, cost, isOpen = false } = route
  const parameters = [...parametersOf(route), ...headersOf(route)]
  return {
    operationId: name,
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(hasBody(route) ? { requestBody: bodyOf(route) } : {}),
    responses: {
      200: replyOf(route),
      ...(route.task === undefined ? {} : { 202: accepted }),
      ...problemsOf(route),
    },
    ...(isOpen ? { security: [] } : {}),
    'x-aios-role': role,
    'x-aios-cost': cost,
  }
}

function hasBody({ method }: Route): boolean {
  return method === 'POST' || method === 'PUT'
}

function namesInPath({ path }: Route): string[] {
  return path.match(/(?<=:)[a-z]+/gi) ?? []
}

/** The parts of the path, and the query where there is no body. */
function parametersOf(route: Route): object[] {
  const inPath = namesInPath(route)
  const required = requiredOf(route)
  return Object.entries(propertiesOf(route.input)).flatMap(([name, schema]) => {
    const isInPath = inPath.includes(name)
    if (!isInPath && hasBody(route)) return []
    const place = isInPath ? 'path' : 'query'
    return [{ name, in: place, required: isInPath || required.includes(name), schema: referring(schema) }]
  })
}

/** The headers that change how a request is answered, not what is asked. */
function headersOf(route: Route): object[] {
  const named = (name: string, description: string) => {
    return { name, in: 'header', required: false, description, schema: { type: 'string' } }
  }
  return [
    ...(takesKey(route) ? [named('Idempotency-Key', keyHelp)] : []),
    ...(route.task === undefined ? [] : [named('Prefer', preferHelp), named('Priority', priorityHelp)]),
  ]
}

const keyHelp =
  'A text of the caller’s own, such as a UUID: the same request with the same key is done once in 24 hours, and ' +
  'answered the same again. With another request it is refused (422), and while the first is being answered (409).'
const preferHelp =
  'RFC 7240: `wait=60` waits so many seconds for the work to end, `respond-async` does not wait; one second otherwise.'
const priorityHelp = 'RFC 9218: `u=0` is done first, `u=7` last.'

const accepted = {
  description: 'The work goes on; `Location` leads to its task.',
  headers: { Location: { description: 'The address of the task.', schema: { type: 'string' } } },
  content: { 'application/json': { schema: referring(Task) } },
}

/** What does not stand in the path. A field that is not named here is refused. */
function bodyOf(route: Route): object {
  const inPath = namesInPath(route)
  const fields = Object.entries(propertiesOf(route.input)).filter(([name]) => !inPath.includes(name))
  const required = requiredOf(route).filter((name) => !inPath.includes(name))
  const schema = {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(fields.map(([name, field]) => [name, referring(field)])),
    additionalProperties: false,
  }
  return { required: required.length > 0, content: { 'application/json': { schema } } }
}

function requiredOf({ input }: Route): string[] {
  const required: unknown = 'required' in input ? input.required : []
  return Array.isArray(required) ? required.map(String) : []
}

function replyOf({ shape, reply, media }: Route): object {
  const schema = referring(reply)
  if (shape === 'object') {
    const text = media === undefined ? {} : { [media]: { schema: { type: 'string' } } }
    return { description: 'The answer.', content: { ...text, 'application/json': { schema } } }
  }
  const description =
    'Newline-delimited JSON, one of these a line, until either side ends it. One that fails on the way says so in ' +
    'its last line: `{"problem": …}`.'
  return { description, content: { 'application/x-ndjson': { schema } } }
}

/** Returns the statuses under which this route refuses; whatever else goes wrong has the same form. */
function problemsOf(route: Route): Record<string, object> {
  const hasInput = Object.keys(propertiesOf(route.input)).length > 0
  const names = Object.keys(propertiesOf(route.input))
  const isAbout = ['repository', 'plugin', 'oid', 'path'].some((name) => names.includes(name))
  const statuses = [
    ...(hasInput ? ['400'] : []),
    ...(route.isOpen === true ? [] : ['401', '403']),
    ...(isAbout ? ['404'] : []),
    ...(takesKey(route) ? ['409', '422'] : []),
    ...(hasBody(route) ? ['413', '415'] : []),
    '421',
    '429',
    '500',
    '503',
    'default',
  ]
  return Object.fromEntries(statuses.map((status) => [status, problem]))
}

/** The answer of whatever did not happen. */
export const problem = { $ref: '#/components/responses/Problem' }
