import { setTimeout as sleep } from 'node:timers/promises'
import Type from 'typebox'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { roles } from '../../contract/caller.ts'
import { AiosError, errorKinds, isErrorCode } from '../../contract/errors.ts'
import { limits } from '../../contract/limits.ts'
import { addressOf, route, type Route } from '../../contract/route.ts'
import { routes } from '../../contract/routes.ts'
import { apiMounts } from '../../daemon/http/api-mounts.ts'
import { mcpMount } from '../../daemon/open-mcp.ts'
import { answersWith } from '../http/answers.ts'
import {
  type Answered,
  type Doors,
  type DoorSettings,
  knock,
  type Knocking,
  openDoorsFor,
} from '../http/doors.ts'
import { sampleOf } from '../http/sample.ts'

// Each route of the contract, and what stands beside them, against everybody who may not call it and everything
// that is wrong with a call.

const page = { method: 'GET', summary: '', role: 'reader', cost: 'cheap', reply: Type.Unknown() } as const
const beside = {
  mcp: route({
    ...page,
    method: 'POST',
    path: '/mcp',
    cost: 'search',
    input: Type.Object({
      jsonrpc: Type.Literal('2.0'),
      id: Type.Integer(),
      method: Type.Literal('tools/call'),
      params: Type.Object({
        name: Type.Literal('recall'),
        arguments: Type.Object({ question: Type.String(), repository: Type.String() }),
      }),
    }),
  }),
  docs: route({ ...page, path: '/docs', input: Type.Object({}) }),
  openapi: route({ ...page, path: '/openapi.json', input: Type.Object({}) }),
}
/** What each of these asks of the daemon. */
const asks: Readonly<Record<string, string[]>> = { mcp: ['recall', 'notes'], docs: [], openapi: [] }

const every: [string, Route][] = Object.entries(routes)
const served: [string, Route][] = [...every, ...Object.entries(beside)]
const guarded = served.filter(([, { isOpen }]) => isOpen !== true)
const hasBody = ({ method }: Route) => method === 'POST' || method === 'PUT'

const mounts: DoorSettings['mounts'] = (parts) => [...apiMounts('1.2.3'), mcpMount(parts)]

let doors: Doors
const tokens: Record<string, string> = {}
beforeAll(async () => {
  doors = await openDoorsFor({ isUnhurried: true, answers: answersWith(), mounts })
  for (const role of roles) tokens[role] = await doors.tokenFor(role)
})
afterAll(() => doors.close())
beforeEach(() => {
  doors.called.length = 0
  doors.decisions.length = 0
})

/** Calls a route as it wants to be called, but for what is said. */
function call(route: Route, knocking: Knocking = {}, input: Record<string, unknown> = {}): Promise<Answered> {
  const { path, rest } = addressOf(route.path, { ...sampleOf(route), ...input })
  const { method } = route
  const headers = { accept: '*/*, application/json, text/event-stream', ...knocking.headers }
  if (hasBody(route)) return knock(doors.url, path, { method, body: rest, ...knocking, headers })
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(rest)) query.set(name, String(value))
  return knock(doors.url, query.size === 0 ? path : `${path}?${query.toString()}`, { method, ...knocking })
}

/** Returns the code of a refusal that is told as it should be and asked nothing of the daemon; else what is wrong. */
function refusalOf({ status, headers, body }: Answered): string {
  const { code, detail, traceId } = body
  if (typeof code !== 'string' || !isErrorCode(code)) return `answered ${status}`
  const { hint } = errorKinds[code]
  const wanted = { type: `urn:aios:error:${code}`, title: code, status, code, detail, hint, traceId }
  expect(body).toEqual(wanted)
  expect(body).toMatchObject({
    status: errorKinds[code].status,
    detail: expect.stringMatching(/\S/),
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
  })
  expect(headers['content-type']).toContain('application/problem+json')
  expect(headers['access-control-allow-origin']).toBeUndefined()
  return doors.called.length === 0 ? code : `asked ${doors.called.join(', ')}`
}

test('there are routes to try', () => {
  expect(guarded.length).toBeGreaterThan(30)
  expect(every.filter(([, { isOpen }]) => isOpen).map(([name]) => name)).toEqual(['health', 'accessToken'])
})

test.each(served)('%s answers whoever may ask', async (name, route) => {
  const { status } = await call(route, { token: tokens[route.role] ?? '' })
  expect(doors.called).toEqual(asks[name] ?? [name])
  expect([401, 403, 405, 413, 415, 421, 429]).not.toContain(
    status === 401 && name === 'accessToken' ? 0 : status,
  )
})

test.each(guarded)('%s answers nobody without a token that counts', async (_name, route) => {
  const nobody = await call(route)
  expect(refusalOf(nobody)).toBe('auth.required')
  expect(nobody.headers['www-authenticate']).toBe('Bearer')
  expect(refusalOf(await call(route, { token: 'x'.repeat(43) }))).toBe('auth.invalid')
  expect(refusalOf(await call(route, { headers: { authorization: `Basic ${doors.token}` } }))).toBe(
    'auth.invalid',
  )
  expect(refusalOf(await call(route, { headers: { cookie: `aios_session=${doors.token}` } }))).toBe(
    'auth.invalid',
  )
  const [head = '', body = ''] = (tokens['admin'] ?? '').split('.')
  expect(refusalOf(await call(route, { token: `${head}.${body}.` }))).toBe('auth.invalid')
})

test.each(guarded.filter(([, { role }]) => role !== 'reader'))('%s needs its role', async (name, route) => {
  const lower = roles[roles.indexOf(route.role) - 1] ?? ''
  expect(refusalOf(await call(route, { token: tokens[lower] ?? '' }))).toBe('auth.forbidden')
  expect(doors.decisions).toMatchObject([{ kind: 'command', subject: name, decision: 'refused' }])
})

test.each(served)('%s is reached under our own names only', async (_name, route) => {
  const { token, port } = doors
  for (const host of ['evil.example', `evil.example:${port}`, `127.0.0.1:${port + 1}`, '127.0.0.1']) {
    expect(refusalOf(await call(route, { token, headers: { host } }))).toBe('auth.wrong-host')
  }
})

test.each(served)('%s is not answered to the page of another site', async (_name, route) => {
  const { token, url } = doors
  for (const origin of ['https://evil.example', 'null', `${url}0`, url.replace('http:', 'https:')]) {
    expect(refusalOf(await call(route, { headers: { origin } }))).toBe('auth.cross-site')
    expect(refusalOf(await call(route, { token, headers: { origin } }))).toBe('auth.cross-site')
  }
  expect(refusalOf(await call(route, { token, headers: { referer: 'https://evil.example/' } }))).toBe(
    'auth.cross-site',
  )
  expect(refusalOf(await call(route, { token, headers: { 'sec-fetch-site': 'same-site' } }))).toBe(
    'auth.cross-site',
  )
  const preflight = { origin: 'https://evil.example', 'access-control-request-method': route.method }
  const asked = await call(route, { method: 'OPTIONS', headers: preflight, body: undefined })
  expect(refusalOf(asked)).toBe('auth.cross-site')
})

test.each(served.filter(([, route]) => hasBody(route)))(
  '%s reads no more than its limit',
  async (_name, route) => {
    const { token } = doors
    const body = JSON.stringify({ x: 'x'.repeat((route.bodyBytes ?? limits.bodyBytes) + 1) })
    expect(refusalOf(await call(route, { token, body }))).toBe('request.too-large')
    // Whoever is nobody is told so before anything is read of what they send.
    const nobody = await call(route, { body: JSON.stringify({ x: 'x'.repeat(1000) }) })
    expect(refusalOf(nobody)).toBe(route.isOpen === true ? 'request.invalid' : 'auth.required')
  },
)

test.each(served.filter(([, route]) => !hasBody(route)))(
  '%s reads no endless address',
  async (_name, route) => {
    const { path } = addressOf(route.path, sampleOf(route))
    const { method } = route
    const asked = await knock(doors.url, `${path}?x=${'x'.repeat(20_000)}`, { method, token: doors.token })
    expect(refusalOf(asked)).toBe('request.too-large')
  },
)

test.each(every.filter(([, route]) => hasBody(route)))('%s reads JSON only', async (_name, route) => {
  const { token } = doors
  // The types that a form of another site may have, and no type at all.
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    expect(refusalOf(await call(route, { token, body: '{}', headers: { 'content-type': type } }))).toBe(
      'request.wrong-type',
    )
  }
  for (const body of ['', '{"', '[]', '"x"', '7', 'null', '{"__proto__":{"x":1}}']) {
    expect(refusalOf(await call(route, { token, body }))).toBe('request.invalid')
  }
})

test('MCP reads JSON only, and tells in its own words what is no call', async () => {
  const { token } = doors
  const { mcp } = beside
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const headers = { 'content-type': type }
    expect(refusalOf(await call(mcp, { token, body: '{}', headers }))).toBe('request.wrong-type')
  }
  for (const body of ['', '{"', '{"__proto__":{"x":1}}'])
    expect(refusalOf(await call(mcp, { token, body }))).toBe('request.invalid')
  const oneCall = JSON.stringify(sampleOf(mcp))
  for (const body of ['[]', '"x"', '7', 'null', '{}', `[${Array(100).fill(oneCall).join(',')}]`]) {
    const { status, body: answer } = await call(mcp, { token, body })
    expect([body.slice(0, 9), status, answer]).toEqual([
      body.slice(0, 9),
      400,
      { jsonrpc: '2.0', id: null, error: { code: expect.any(Number), message: expect.stringMatching(/\S/) } },
    ])
  }
  expect(doors.called).toEqual([])
})

test.each(every)('%s takes no field and no type that it does not know', async (_name, route) => {
  const { token } = doors
  expect(refusalOf(await call(route, { token }, { unheardOf: 'x' }))).toBe('request.invalid')
  if (!hasBody(route)) return
  const inPath = new Set(route.path.match(/(?<=:)[a-z]+/gi))
  for (const name of Object.keys(sampleOf(route)).filter((one) => !inPath.has(one))) {
    expect(refusalOf(await call(route, { token }, { [name]: { wrong: [null] } }))).toBe('request.invalid')
  }
})

test.each(served)('%s has one method', async (_name, route) => {
  const { path } = addressOf(route.path, sampleOf(route))
  const { status, headers, body } = await knock(doors.url, path, { method: 'PATCH', token: doors.token })
  expect([status, body['code']]).toEqual([405, 'request.wrong-method'])
  expect(String(headers['allow']).split(', ')).toContain(route.method)
  expect(refusalOf(await knock(doors.url, `${path}/nothing/here`, { token: doors.token }))).toBe(
    'request.unknown-route',
  )
  expect((await knock(doors.url, `${path}/nothing/here`)).body['code']).toBe('auth.required')
})

test.each(every)('%s is answered in a way that no page can use', async (_name, route) => {
  for (const token of [undefined, doors.token]) {
    const { headers } = await call(route, token === undefined ? {} : { token })
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
  }
})

test.each(['/v1/repositories/%zz', `/v1/repositories/${'x'.repeat(13_000)}`, '/v1/plugins/%c0%80'])(
  'an address that cannot be read tells strangers nothing: %#',
  async (path) => {
    const { url, token } = doors
    expect(refusalOf(await knock(url, path, { token }))).toBe('request.invalid')
    expect(refusalOf(await knock(url, path))).toBe('auth.required')
    expect(refusalOf(await knock(url, path, { headers: { host: 'evil.example' } }))).toBe('auth.wrong-host')
  },
)

test('while the daemon shuts down every route says so, and asks nothing of it', async () => {
  const ending = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  const closing = await openDoorsFor({
    mounts,
    answers: {
      status: async (_input, signal) => {
        asked.resolve()
        await ending.promise
        signal.throwIfAborted()
        throw new AiosError('daemon.busy', 'That was long.')
      },
    },
  })
  const { token, url } = closing
  const stuck = knock(url, '/v1/status', { token })
  await asked.promise
  closing.called.length = 0
  const closed = closing.close()
  await sleep(0)
  const answers = await Promise.all(
    served.map(async ([, route]) => {
      const { path, rest } = addressOf(route.path, sampleOf(route))
      const { method } = route
      return knock(url, path, { method, token, ...(hasBody(route) ? { body: rest } : {}) })
    }),
  )
  ending.resolve()
  await stuck
  await closed
  expect(new Set(answers.map(({ status, body }) => `${status} ${String(body['code'])}`))).toEqual(
    new Set(['503 daemon.stopping']),
  )
  expect(closing.called).toEqual([])
})
