import type { Route } from '../../contract/route.ts'
import { routes } from '../../contract/routes.ts'
import { cell, fieldTable } from './schema-words.ts'

/** Returns the reference page of everything the daemon can be asked. */
export function routesPage(): string {
  const all = Object.entries<Route>(routes)
  const index = all.map(([, { method, path, role, isOpen, cost, summary }]) => {
    return `| \`${method} ${path}\` | ${isOpen === true ? 'anybody' : role} | ${cost} | ${cell(summary)} |`
  })
  return `${head}\n${index.join('\n')}\n\n${all.map(([name, route]) => sectionOf(name, route)).join('\n\n')}\n`
}

function sectionOf(name: string, route: Route): string {
  const { method, path, summary, role, cost, shape, input, reply } = route
  const who = route.isOpen === true ? 'anybody' : role
  const facts = `Name: \`${name}\`. Role: ${who}. Cost: ${cost}.${shape === 'stream' ? ` ${streams}` : ''}`
  const tables = [fieldTable('Input', input), fieldTable(shape === 'stream' ? 'Each line' : 'Reply', reply)]
  return [`## \`${method} ${path}\``, summary, facts, ...tables].join('\n\n')
}

const streams = 'Answers with newline-delimited JSON until either side ends it.'

const head = `<!-- Made from contract/routes.ts by \`npm run generate\`; changes made here are lost. -->

# Routes

Everything the daemon can be asked, over its socket and over HTTP ([security.md](../security.md)). \`:name\` parts of
a path are filled from the input; the rest of the input is the query of a GET or DELETE and the JSON body of everything
else. A field with \`?\` may be left out. The same as an OpenAPI 3.1 document: [openapi.json](openapi.json), served at
\`/openapi.json\`, and as a page at \`/docs\`. What happens is heard over the [WebSocket](websocket.md).
Whatever goes wrong is answered as a problem document (RFC 9457) with one of the [codes](errors.md).

A role may do what the ones before it may: reader, writer, approver, admin. The cost is what rate limits count.

| Route | Role | Cost | What it does |
| --- | --- | --- | --- |`
