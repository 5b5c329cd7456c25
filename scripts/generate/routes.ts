import { takesKey, type Route, type TaskPolicy } from '../../contract/route.ts'
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
  const facts = [
    `Name: \`${name}\`. Role: ${who}. Cost: ${cost}.`,
    ...(shape === 'stream' ? [streams] : []),
    ...(route.task === undefined ? [] : [longWork(route.task)]),
    ...(takesKey(route) ? ['Takes an `Idempotency-Key`.'] : []),
  ].join(' ')
  const tables = [fieldTable('Input', input), fieldTable(shape === 'stream' ? 'Each line' : 'Reply', reply)]
  return [`## \`${method} ${path}\``, summary, facts, ...tables].join('\n\n')
}

function longWork({ when, tries }: TaskPolicy): string {
  const only = when === undefined ? '' : ` when \`${when}\` is set`
  return `Long work${only}, tried ${tries === 1 ? 'once' : `${tries} times at most`}.`
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

What lists answers \`{items, next}\`; \`next\` is the \`cursor\` of what follows, and stays good while items are added.
Long work is answered with \`202 Accepted\` and its [task](#get-v1taskstask), unless it ends within a second or what the
caller is ready to wait (\`Prefer: wait=60\`, \`Prefer: respond-async\`). A write that carries an \`Idempotency-Key\` is done
once in 24 hours, however often it is sent, and answered the same again.

| Route | Role | Cost | What it does |
| --- | --- | --- | --- |`
