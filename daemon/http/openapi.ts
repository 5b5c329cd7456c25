import { errorKinds } from '../../contract/errors.ts'
import type { Route } from '../../contract/route.ts'
import { routes } from '../../contract/routes.ts'
import { clientFrames, closeCodes, serverFrames, webSocketPath } from '../../contract/web-socket.ts'
import { cookieName, keyHeader } from '../guard/guard.ts'
import { operationOf, problem, templateOf } from './openapi-operation.ts'
import { namedSchemas, referring } from './openapi-schemas.ts'

/** Returns the OpenAPI 3.1 document of everything that the daemon serves, made from the objects it serves by. */
export function openApi(version: string): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: { title: 'aios', version, summary: 'Gives git repositories a memory.', description },
    servers: [{ url: '/', description: 'Where this document came from.' }],
    security: [{ token: [] }, { browser: [], key: [] }],
    paths: { ...pathsOf(routes), [webSocketPath]: { get: webSocket } },
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: tokenHelp },
        browser: { type: 'apiKey', in: 'cookie', name: cookieName, description: cookieHelp },
        key: { type: 'apiKey', in: 'header', name: keyHeader, description: keyHelp },
      },
      schemas: {
        ...namedSchemas(),
        ...framesOf('Client', clientFrames),
        ...framesOf('Server', serverFrames),
      },
      responses: { Problem: problemResponse },
    },
    'x-aios-errors': errorKinds,
  }
}

const description =
  'Everything the daemon can be asked. It listens on a Unix socket, whose owner needs no token, and on TCP. ' +
  'Whatever goes wrong is answered as a problem document (RFC 9457); `x-aios-errors` lists the codes. ' +
  '`x-aios-role` is the least role that may call a route (reader, writer, approver, admin), `x-aios-cost` what ' +
  'rate limits count. ' +
  'Beside these routes stand the page `GET /docs`, this document at `GET /openapi.json`, the page `/pair` that a ' +
  'pairing link leads to, and `POST /mcp`, where MCP describes itself; all but `/pair` are for readers.'

const tokenHelp = 'On TCP. The owner’s token, or a token of fifteen minutes for a user.'
const cookieHelp = 'On TCP. A browser gets it through a pairing link, together with the key.'
const keyHelp = 'The key that belongs to the cookie. Only pages to look at do without.'

const problemResponse = {
  description: 'It did not happen; the `code` says why, the `hint` what to do.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

function pathsOf(all: Readonly<Record<string, Route>>): Record<string, object> {
  const paths: Record<string, Record<string, object>> = {}
  for (const [name, route] of Object.entries(all)) {
    const path = templateOf(route.path)
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route) }
  }
  return paths
}

const webSocket = {
  operationId: 'webSocket',
  summary: 'Open a WebSocket: hear what happens as it happens, and ask.',
  description:
    'Frames are JSON in text, one object each. `x-aios-frames` names the schemas of what each side may say; ' +
    '`x-aios-close-codes` says why the daemon ends a connection.',
  responses: { 101: { description: 'A WebSocket.' }, 426: problem, default: problem },
  'x-aios-role': 'reader',
  'x-aios-cost': 'cheap',
  'x-aios-frames': {
    client: referencesTo('Client', clientFrames),
    server: referencesTo('Server', serverFrames),
  },
  'x-aios-close-codes': Object.values(closeCodes),
}

type Frames = Readonly<Record<string, { readonly summary: string; readonly schema: object }>>

/** Returns the frames of one side by the names of their schemas. */
function framesOf(side: string, frames: Frames): Record<string, object> {
  const entries = Object.entries(frames).map(([name, { summary, schema }]) => {
    return [nameOf(side, name), { ...referring(schema), description: summary }]
  })
  return Object.fromEntries(entries)
}

function referencesTo(side: string, frames: Frames): object[] {
  return Object.keys(frames).map((name) => ({ $ref: `#/components/schemas/${nameOf(side, name)}` }))
}

function nameOf(side: string, frame: string): string {
  return `${side}${frame.charAt(0).toUpperCase()}${frame.slice(1)}Frame`
}
