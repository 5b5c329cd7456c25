import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { addressOf, type Route } from '../../contract/route.ts'
import { routes } from '../../contract/routes.ts'
import { createPlace, type Place, type Running } from '../faults/place.ts'
import { type Answered, knock } from '../http/doors.ts'
import { fieldNames, sampleOf } from '../http/sample.ts'

// A real daemon, in a process of its own, with a real repository; asked over TCP with its real token.

/** What ends the daemon, or is the one thing that the test itself is let in with. */
const notTried: ReadonlySet<string> = new Set(['stop', 'rotateCredentials'])
const every: [string, Route][] = Object.entries(routes).filter(([name]) => !notTried.has(name))
const asking = every.filter(([, route]) => fieldNames(route).includes('repository'))

let place: Place
let daemon: Running
let url = ''
/** Of the owner; of somebody else for each test, so that none uses up what another may ask. */
let token = ''
beforeAll(async () => {
  place = createPlace()
  place.git('commit', '--quiet', '--allow-empty', '-m', 'note the tide')
  daemon = await place.daemon()
  place.aios(['init', '--hooks', 'none'])
  url = (await daemon.status()).daemon.url
})
afterAll(() => place.clear())
beforeEach(async () => {
  const user = `tester-${++testers}`
  const { secret } = await daemon.client.call(routes.addUser, { name: user, role: 'admin' })
  token = (await daemon.client.call(routes.accessToken, { user, secret })).token
})
let testers = 0

async function call(route: Route, input: Record<string, unknown>): Promise<Answered> {
  const { path, rest } = addressOf(route.path, input)
  const { method } = route
  if (method === 'POST' || method === 'PUT') return knock(url, path, { method, token, body: rest })
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(rest)) query.set(name, asText(value))
  return knock(url, `${path}?${query.toString()}`, { method, token })
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** Says whether it is a refusal that says what to do, and no bug. */
function isRefusal({ status, body, headers }: Answered): boolean {
  const isProblem = headers['content-type']?.includes('application/problem+json') === true
  return status >= 400 && isProblem && body['code'] !== 'internal' && typeof body['hint'] === 'string'
}

test('the daemon is reached with its token', async () => {
  const owner = readFileSync(place.folders.tokenFile, 'utf8').trim()
  expect((await knock(url, '/v1/users', { token: owner })).status).toBe(200)
  expect((await knock(url, '/v1/status')).status).toBe(401)
  const { status, body } = await knock(url, '/v1/status', { token })
  expect([status, body['repositories']]).toEqual([200, [expect.objectContaining({ path: place.repository })]])
})

test.each(asking)('%s says when it does not know the repository, and does nothing', async (name, route) => {
  const before = await daemon.status()
  for (const repository of [
    'nobody',
    '../../../../etc',
    '/etc',
    '/etc/passwd',
    '-rf',
    'a\0b',
    '%2e%2e',
    '',
  ]) {
    const answer = await call(route, { ...sampleOf(route), repository })
    // Plugins are there outside of any repository as well; then it is as if none was named.
    const without = answer.status < 400 ? (await call(route, sampleOf(route))).text : 'a refusal'
    expect([name, repository, isRefusal(answer) ? 'a refusal' : answer.text]).toEqual([
      name,
      repository,
      without,
    ])
  }
  expect((await daemon.status()).repositories.map(({ id }) => id)).toEqual(
    before.repositories.map(({ id }) => id),
  )
})

test.each(['/mcp', '/metrics', '/openapi.json', '/docs', '/v1/ws', '/readyz', '/', '/nothing'])(
  'whatever stands at %s beside the contract, the guard stands before it',
  async (path) => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const refusal = async (headers: Record<string, string>) =>
        (await knock(url, path, { method, headers })).body['code']
      const upgrade = { connection: 'upgrade', upgrade: 'websocket' }
      expect(await refusal({})).toBe('auth.required')
      expect(await refusal(upgrade)).toBe('auth.required')
      expect(await refusal({ authorization: 'Bearer x' })).toBe('auth.invalid')
      for (const more of [{}, upgrade, { authorization: `Bearer ${token}` }]) {
        expect(await refusal({ ...more, host: 'evil.example' })).toBe('auth.wrong-host')
        expect(await refusal({ ...more, origin: 'https://evil.example' })).toBe('auth.cross-site')
      }
    }
  },
)

const climbing = [
  '../../../../../../etc/passwd',
  '/etc/passwd',
  '..\\..\\etc\\passwd',
  '....//....//etc/passwd',
]

test.each(every)('%s does not leave its place by any path', async (_name, route) => {
  const words = fieldNames(route).filter((name) => name !== 'repository')
  const sample = sampleOf(route)
  for (const name of words.filter((one) => typeof sample[one] === 'string' || Array.isArray(sample[one]))) {
    for (const path of climbing) {
      const value = Array.isArray(sample[name]) ? [path] : path
      const answer = await call(route, { ...sample, repository: place.repository, [name]: value })
      expect(answer.status).toBeLessThan(500)
      expect(answer.text).not.toContain('root:x:0')
    }
  }
})

test.each([
  '/v1/repositories/..%2f..%2f..%2fetc%2fpasswd',
  '/v1/repositories/%2e%2e/%2e%2e/etc/passwd',
  '/v1/../../etc/passwd',
  '/v1/plugin-files/..%2f..%2fetc',
  '/v1/users/..%2f..%2fetc',
  '//etc/passwd',
  '/%00',
])('%s leads nowhere', async (path) => {
  expect(isRefusal(await knock(url, path, { token }))).toBe(true)
})

test('no body makes a bug of itself, whatever is in it', async () => {
  const value = fc.jsonValue({ maxDepth: 3 })
  const requests = fc.constantFrom(...every).chain(([name, route]) => {
    const sample = sampleOf(route)
    const names = fieldNames(route)
    const some = names.length === 0 ? fc.constant({}) : fc.dictionary(fc.constantFrom(...names), value)
    const strange = fc.dictionary(fc.string(), value)
    return fc.tuple(
      fc.constant(name),
      fc.constant(route),
      fc.oneof(
        some.map((changes): unknown => ({ ...sample, ...changes })),
        fc.tuple(some, strange).map(([one, other]): unknown => ({ ...one, ...other })),
        value,
      ),
    )
  })
  await fc.assert(
    fc.asyncProperty(requests, async ([name, route, body]) => {
      const input = typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : {}
      const { path } = addressOf(route.path, { ...sampleOf(route), ...input })
      const isBody = route.method === 'POST' || route.method === 'PUT'
      const answer = isBody
        ? await knock(url, path, { method: route.method, token, body: JSON.stringify(body) })
        : await call(route, { ...sampleOf(route), ...input })
      expect([name, answer.status, answer.body['code']]).not.toEqual([name, 500, 'internal'])
    }),
    { numRuns: 100 },
  )
  expect((await knock(url, '/healthz')).status).toBe(200)
}, 60_000)

test('no bytes make a bug of themselves, whatever their type', async () => {
  const bodied = every.filter(([, { method }]) => method === 'POST' || method === 'PUT')
  const types = fc.constantFrom(
    'application/json',
    'application/x-aios-hook',
    'application/json; charset=x',
    'x',
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...bodied), types, fc.string(), async ([name, route], type, body) => {
      const { path } = addressOf(route.path, sampleOf(route))
      const headers = { 'content-type': type }
      const answer = await knock(url, path, { method: route.method, token, body, headers })
      expect([name, answer.status, answer.body['code']]).not.toEqual([name, 500, 'internal'])
    }),
    { numRuns: 50 },
  )
  expect((await daemon.end('SIGTERM')).code).toBe(0)
}, 60_000)
