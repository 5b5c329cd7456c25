import type { ErrorKind } from '../../contract/error-kind.ts'
import { errorKinds } from '../../contract/errors.ts'
import { eventTypes } from '../../contract/events.ts'
import { descriptionOf, fieldsOf, kindOf } from '../../contract/fields.ts'
import type { Route } from '../../contract/route.ts'
import { routes } from '../../contract/routes.ts'
import type { Schema } from '../../contract/validate.ts'
import { clientFrames, closeCodes, serverFrames, webSocketPath } from '../../contract/web-socket.ts'
import { docsStyle } from './docs-style.ts'
import { html, type Html } from './markup.ts'

/**
 * Returns the page that documents the API, made from the objects it is served by.
 *
 * It needs nothing but itself: no script, no picture, and one style that carries the nonce.
 */
export function docsPage(version: string, nonce: string): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>aios ${version}: the API</title>
        <style nonce="${nonce}">
          ${docsStyle}
        </style>
      </head>
      <body>
        <a class="skip" href="#routes">Skip to the routes</a>
        <header>
          <h1>aios <small>${version}</small></h1>
        </header>
        <nav aria-label="Contents">
          <ul>
            ${sections.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
          </ul>
        </nav>
        <main>${about()} ${routeSection()} ${webSocketSection()} ${eventSection()} ${errorSection()}</main>
      </body>
    </html> `.html
}

const sections: readonly (readonly [string, string])[] = [
  ['about', 'How to ask'],
  ['routes', 'Routes'],
  ['websocket', 'WebSocket'],
  ['events', 'Events'],
  ['errors', 'Errors'],
]

function about(): Html {
  return html`<section id="about" aria-labelledby="about-title">
    <h2 id="about-title">How to ask</h2>
    ${paragraphs.map((text) => html`<p>${marked(text)}</p>`)}
    <p><a href="/openapi.json">The same as an OpenAPI 3.1 document</a></p>
  </section>`
}

const paragraphs = [
  'The daemon listens on a Unix socket, whose owner needs no token, and on TCP, where every call carries ' +
    '`Authorization: Bearer TOKEN` or the cookie of a paired browser. From a shell, `aios api METHOD PATH` calls any ' +
    'of these routes.',
  '`:name` parts of a path are filled from the input; the rest of the input is the query of a GET or DELETE and the ' +
    'JSON body of everything else. A field with `?` may be left out, and one that is not named here is refused.',
  'Whatever goes wrong is answered as a problem document (RFC 9457) with a `code`, a `hint` and a `traceId`.',
  'A role may do what the ones before it may: reader, writer, approver, admin. The cost is what rate limits count.',
]

function routeSection(): Html {
  const all = Object.entries<Route>(routes)
  const rows = all.map(
    ([name, { method, path, role, cost, summary }]) =>
      html`<tr>
        <td>
          <a href="#route-${name}"><code>${method} ${path}</code></a>
        </td>
        <td>${role}</td>
        <td>${cost}</td>
        <td>${marked(summary)}</td>
      </tr> `,
  )
  return html`<section id="routes" aria-labelledby="routes-title">
    <h2 id="routes-title">Routes</h2>
    ${table('All routes', ['Route', 'Role', 'Cost', 'What it does'], rows)}
    ${all.map(([name, route]) => routeArticle(name, route))}
  </section>`
}

function routeArticle(name: string, { method, path, summary, role, cost, shape, input, reply }: Route): Html {
  const isStream = shape === 'stream'
  return html`<article id="route-${name}" aria-labelledby="route-${name}-title">
    <h3 id="route-${name}-title"><code>${method} ${path}</code></h3>
    <p>${marked(summary)}</p>
    <p>Name <code>${name}</code>, role ${role}, cost ${cost}.${isStream ? ` ${streams}` : ''}</p>
    ${fieldTable('Input', input)} ${fieldTable(isStream ? 'Each line' : 'Reply', reply)}
  </article> `
}

const streams = 'Answers with newline-delimited JSON until either side ends it.'

function webSocketSection(): Html {
  const codes = Object.values(closeCodes).map(
    ({ code, reason }) =>
      html`<tr>
        <td>${code}</td>
        <td>${reason}</td>
      </tr> `,
  )
  return html`<section id="websocket" aria-labelledby="websocket-title">
    <h2 id="websocket-title">WebSocket</h2>
    <p>At <code>${webSocketPath}</code>. Frames are JSON in text, one object each.</p>
    ${Object.entries(clientFrames).map(([name, frame]) => frameArticle('client', 'A client says', name, frame))}
    ${Object.entries(serverFrames).map(([name, frame]) => frameArticle('server', 'The daemon says', name, frame))}
    ${table('Why the daemon ends a connection', ['Code', 'Reason'], codes)}
  </section>`
}

interface Frame {
  readonly summary: string
  readonly schema: Schema
}

function frameArticle(side: string, who: string, name: string, { summary, schema }: Frame): Html {
  const id = `${side}-${name}`
  return html`<article id="${id}" aria-labelledby="${id}-title">
    <h3 id="${id}-title">${who} <code>${name}</code></h3>
    <p>${marked(summary)}</p>
    ${fieldTable('Field', schema)}
  </article> `
}

function eventSection(): Html {
  return html`<section id="events" aria-labelledby="events-title">
    <h2 id="events-title">Events</h2>
    <p>What happened, in the past tense; the fields are those of <code>data</code>.</p>
    ${Object.entries<Schema>(eventTypes).map(
      ([type, schema]) =>
        html`<article id="event-${type}" aria-labelledby="event-${type}-title">
          <h3 id="event-${type}-title"><code>${type}</code></h3>
          ${fieldTable('Data', schema)}
        </article> `,
    )}
  </section>`
}

function errorSection(): Html {
  const rows = Object.entries<ErrorKind>(errorKinds).map(
    ([code, { status, exit, hint }]) =>
      html`<tr>
        <td><code>${code}</code></td>
        <td>${status}</td>
        <td>${exit}</td>
        <td>${marked(hint)}</td>
      </tr> `,
  )
  return html`<section id="errors" aria-labelledby="errors-title">
    <h2 id="errors-title">Errors</h2>
    ${table('All codes', ['Code', 'HTTP status', 'Exit code of aios', 'What to do'], rows)}
  </section>`
}

function fieldTable(title: string, schema: Schema): Html {
  const fields = fieldsOf(schema)
  if (fields.length === 0) return html`<p>${title}: nothing.</p>`
  const rows = fields.map(
    ({ path, schema: part, isOptional }) =>
      html`<tr>
        <td><code>${path}</code>${isOptional ? '?' : ''}</td>
        <td>${marked(kindOf(part))}</td>
        <td>${marked(descriptionOf(part))}</td>
      </tr> `,
  )
  return table(title, ['Name', 'Is', 'Meaning'], rows)
}

function table(caption: string, heads: readonly string[], rows: readonly Html[]): Html {
  return html`<table>
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        ${heads.map((head) => html`<th scope="col">${head}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`
}

/** Returns a text whose `code` is shown as code. */
function marked(text: string): Html {
  const parts = text.split('`')
  return html`${parts.map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))}`
}
