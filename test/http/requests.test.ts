import { expect, test } from 'vitest'
import { limits } from '../../contract/limits.ts'
import { addressOf, type Route } from '../../contract/route.ts'
import { routes } from '../../contract/routes.ts'
import { repository } from './answers.ts'
import { sampleOf } from './sample.ts'
import { send, serve } from './served.ts'

const every: [string, Route][] = Object.entries(routes)

test.each(every)('%s refuses a field that it does not know, and names it', async (_name, route) => {
  const { socket } = await serve()
  const { status, body } = await ask(socket, route, { questoin: 'x' })
  expect(status).toBe(400)
  expect(body).toMatchObject({ code: 'request.invalid', detail: expect.stringContaining('`questoin`') })
})

test('a misspelt field is answered with the one that was meant', async () => {
  const { socket } = await serve()
  const body = JSON.stringify({ question: 'x', filters: { auther: 'ada' } })
  const answer = await send(socket, 'POST', '/v1/recall', body)
  expect(answer.body['detail']).toBe('`filters.auther` is not known; did you mean `author`?')
})

const typed = every.filter(([, route]) => Object.keys(propertiesOf(route)).length > 0)

test.each(typed)('%s refuses a value of the wrong type', async (_name, route) => {
  const { socket } = await serve()
  const inPath = new Set(route.path.match(/(?<=:)[a-z]+/gi))
  const isBody = route.method === 'POST' || route.method === 'PUT'
  for (const [field, schema] of Object.entries(propertiesOf(route))) {
    const isText =
      typeof schema === 'object' && schema !== null && 'type' in schema && schema.type === 'string'
    if (inPath.has(field) || (!isBody && isText)) continue
    const wrong = fieldsOf(schema)['type'] === 'object' ? 7 : { wrong: [null] }
    const { status, body } = await ask(socket, route, {
      [field]: isBody ? wrong : 'no such value',
    })
    expect([field, status, body['code']]).toEqual([field, 400, 'request.invalid'])
    expect(body['detail']).toContain(`\`${field}`)
  }
})

test.each(every.filter(([, { method }]) => method === 'POST' || method === 'PUT'))(
  '%s refuses more than the daemon reads',
  async (_name, route) => {
    const { socket } = await serve()
    const { status, body } = await ask(socket, route, {
      question: 'x'.repeat((route.bodyBytes ?? limits.bodyBytes) + 1),
    })
    expect([status, body['code']]).toEqual([413, 'request.too-large'])
  },
)

test('a question longer than its limit is too large, even when the body is not', async () => {
  const { socket } = await serve()
  const { status, body } = await send(
    socket,
    'POST',
    '/v1/recall',
    JSON.stringify({ question: 'x'.repeat(20_000) }),
  )
  expect([status, body['code']]).toEqual([413, 'request.too-large'])
})

test.each([
  ['recall', { question: '潮'.repeat(5_461) }, { question: '潮'.repeat(5_462) }],
  ['context', { repository: 'r1', task: 'é'.repeat(8_192) }, { repository: 'r1', task: 'é'.repeat(8_193) }],
])('the limit of %s counts bytes, not letters', async (name, longest, longer) => {
  const { socket } = await serve()
  const statusOf = async (body: object) => send(socket, 'POST', `/v1/${name}`, JSON.stringify(body))
  expect((await statusOf(longest)).status).toBe(200)
  expect(await statusOf(longer)).toMatchObject({ status: 413, body: { code: 'request.too-large' } })
})

test.each(every.filter(([, { path }]) => path.includes(':repository')))(
  '%s says when it does not know the repository',
  async (_name, route) => {
    const { socket } = await serve({
      suggestions: async () => ({
        summary: { commits: 0, authors: 0, files: 0, fixes: 0, reverts: 0, ties: 0 },
        tries: [],
      }),
    })
    const path = route.path.replace(':repository', 'nobody')
    const { status, body, type } = await send(socket, route.method, path)
    if (route === routes.suggestions) return
    expect([status, body['code']]).toEqual([404, 'repository.unknown'])
    expect(type).toContain('application/problem+json')
  },
)

test('a repository is named by its path as well, however long', async () => {
  const { socket } = await serve({ repository: async (input) => ({ ...repository, path: input.repository }) })
  const path = `/projects/${'tide/'.repeat(300)}海`
  const { body } = await send(socket, 'GET', `/v1/repositories/${encodeURIComponent(path)}`)
  expect(body['path']).toBe(path)
})

test('numbers and truth values of a query arrive with their types', async () => {
  const seen: unknown[] = []
  const { socket } = await serve({
    timeline: async (input) => {
      seen.push(input)
      return { items: [] }
    },
  })
  await send(socket, 'GET', '/v1/timeline?repository=tide-1&limit=5&author=12')
  expect(seen).toEqual([{ repository: 'tide-1', limit: 5, author: '12' }])
})

test.each([
  ['no JSON', 'POST', '/v1/recall', '{"question"', 400, 'request.invalid'],
  ['a list', 'POST', '/v1/recall', '[]', 400, 'request.invalid'],
  ['a prototype', 'POST', '/v1/recall', '{"question":"x","__proto__":{"a":1}}', 400, 'request.invalid'],
  ['a bad address', 'GET', '/v1/repositories/%zz', undefined, 400, 'request.invalid'],
  ['an unknown address', 'GET', '/v2/recall', undefined, 404, 'request.unknown-route'],
  ['an unknown method', 'PATCH', '/v1/recall', '{}', 405, 'request.wrong-method'],
  ['a query beside a body', 'POST', '/v1/recall?limit=1', '{"question":"x"}', 400, 'request.invalid'],
])('%s is refused with a problem document', async (_what, method, path, body, status, code) => {
  const { socket } = await serve()
  const answer = await send(socket, method, path, body)
  expect(answer.type).toContain('application/problem+json')
  expect([answer.status, answer.body['code']]).toEqual([status, code])
  expect(Object.keys(answer.body).toSorted()).toEqual([
    'code',
    'detail',
    'hint',
    'status',
    'title',
    'traceId',
    'type',
  ])
})

function ask(socket: string, route: Route, fields: Record<string, unknown>) {
  const { path, rest } = addressOf(route.path, { ...sampleOf(route), ...fields })
  if (route.method === 'POST' || route.method === 'PUT') {
    return send(socket, route.method, path, JSON.stringify(rest))
  }
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(rest)) query.set(key, String(value))
  return send(socket, route.method, `${path}?${query.toString()}`)
}

function fieldsOf(schema: unknown): Record<string, unknown> {
  return typeof schema === 'object' && schema !== null ? { ...schema } : {}
}

function propertiesOf({ input }: Route): Record<string, unknown> {
  return fieldsOf(fieldsOf(input)['properties'])
}
