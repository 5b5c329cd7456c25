import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inspect, type Knock } from '../../../daemon/guard/origin.ts'

const place = { scheme: 'http', hosts: new Set(['127.0.0.1:4711', 'localhost:4711']) } as const

function refusalOf(headers: Record<string, string>, url = '/v1/status'): string | undefined {
  const rawHeaders = Object.entries(headers).flat()
  const knock: Knock = { url, headers, rawHeaders, peer: '127.0.0.1' }
  try {
    inspect(knock, place)
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

const host = 'localhost:4711'
const own = `http://${host}`

test.each<[string, Record<string, string>, string | undefined]>([
  ['a program', { host }, undefined],
  ['a program with a token', { host, authorization: 'Bearer x' }, undefined],
  ['an address in the bar', { host, 'sec-fetch-site': 'none' }, undefined],
  ['our own page', { host, origin: own, referer: `${own}/pair`, 'sec-fetch-site': 'same-origin' }, undefined],
  ['a host in capitals', { host: 'LOCALHOST:4711' }, undefined],
  ['no host', {}, 'auth.wrong-host'],
  ['a rebound name', { host: 'evil.example:4711' }, 'auth.wrong-host'],
  ['another port', { host: 'localhost:4712' }, 'auth.wrong-host'],
  ['a name that begins like ours', { host: 'localhost:4711.evil.example' }, 'auth.wrong-host'],
  ['a name that ends like ours', { host: 'evil-localhost:4711' }, 'auth.wrong-host'],
  ['a dot behind', { host: 'localhost.:4711' }, 'auth.wrong-host'],
  ['a name and a password', { host: 'a@localhost:4711' }, 'auth.wrong-host'],
  ['another site', { host, origin: 'https://evil.example' }, 'auth.cross-site'],
  ['another port’s page', { host, origin: 'http://localhost:4712' }, 'auth.cross-site'],
  ['another scheme', { host, origin: `https://${host}` }, 'auth.cross-site'],
  ['our other name', { host, origin: 'http://127.0.0.1:4711' }, 'auth.cross-site'],
  ['a sandboxed page', { host, origin: 'null' }, 'auth.cross-site'],
  ['an empty origin', { host, origin: '' }, 'auth.cross-site'],
  ['a foreign referer', { host, referer: 'https://evil.example/x' }, 'auth.cross-site'],
  ['a referer that begins like ours', { host, referer: `${own}.evil.example/` }, 'auth.cross-site'],
  ['a referer that is none', { host, referer: 'x' }, 'auth.cross-site'],
  ['a page of the same site', { host, 'sec-fetch-site': 'same-site' }, 'auth.cross-site'],
  ['a page of another site', { host, 'sec-fetch-site': 'cross-site' }, 'auth.cross-site'],
  ['a token in a page', { host, authorization: 'Bearer x', origin: own }, 'auth.cross-site'],
  ['a token beside a referer', { host, authorization: 'Bearer x', referer: own }, 'auth.cross-site'],
])('%s', (_who, headers, code) => {
  expect(refusalOf(headers)).toBe(code)
})

test('a host that is named twice is no host', () => {
  const headers = { host }
  const knock: Knock = { url: '/', headers, rawHeaders: ['Host', host, 'hOST', 'evil'], peer: '' }
  expect(() => inspect(knock, place)).toThrow(expect.objectContaining({ code: 'auth.wrong-host' }))
})

test('an address that names a host of its own is refused, whatever Host says', () => {
  expect(refusalOf({ host }, 'http://evil.example/v1/status')).toBe('request.invalid')
})

test('nothing but exactly our names passes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.webAuthority(), fc.string(), fc.ipV6(), fc.ipV4()), (name) => {
      expect(refusalOf({ host: name })).toBe(isOurs(name) ? undefined : 'auth.wrong-host')
    }),
  )
})

test('nothing but exactly our origin passes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.webUrl(), fc.string(), fc.constant(own)), (origin) => {
      expect(refusalOf({ host, origin })).toBe(origin === own ? undefined : 'auth.cross-site')
    }),
  )
})

function isOurs(name: string): boolean {
  return /^(localhost|127\.0\.0\.1):4711$/i.test(name)
}
