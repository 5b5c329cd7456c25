import { expect, test } from 'vitest'
import { checkExposure, type HttpSettings, isLoopback, placeOf } from '../../../daemon/guard/place.ts'

const usual: HttpSettings = {
  enabled: true,
  address: '127.0.0.1',
  port: 0,
  hosts: [],
  certificate: '',
  privateKey: '',
}
const exposed = { address: '0.0.0.0', certificate: '/c', privateKey: '/k', hosts: ['aios.example'] }

test.each([
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.5', false],
  ['::ffff:127.0.0.1', true],
  ['localhost', false],
  ['127.0.0.1.evil.example', false],
  ['', false],
])('%s is reached by this machine alone: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected)
})

test.each<[string, Partial<HttpSettings>, number, string]>([
  ['nothing but an address', { address: '0.0.0.0' }, 0, 'auth.exposed'],
  ['no certificate', { ...exposed, certificate: '', privateKey: '' }, 1, 'auth.exposed'],
  ['no users', exposed, 0, 'auth.exposed'],
  ['no names', { ...exposed, hosts: [] }, 1, 'auth.exposed'],
  ['a key without a certificate', { privateKey: '/k' }, 1, 'config.invalid'],
  ['an address for a name of a host', { hosts: ['https://aios.example/'] }, 1, 'config.invalid'],
  ['a name for an address', { address: 'localhost' }, 1, 'config.invalid'],
])('what others reach is refused with %s', (_what, settings, users, code) => {
  expect(() => checkExposure({ ...usual, ...settings }, users)).toThrow(expect.objectContaining({ code }))
})

test('what only this machine reaches, and what others reach safely, is allowed', () => {
  expect(() => checkExposure(usual, 0)).not.toThrow()
  expect(() => checkExposure({ ...usual, ...exposed }, 1)).not.toThrow()
})

test.each<[string, Partial<HttpSettings>, number, string[]]>([
  ['by default', {}, 4711, ['localhost:4711', '127.0.0.1:4711']],
  ['on IPv6', { address: '::1' }, 4711, ['localhost:4711', '[::1]:4711']],
  ['at the usual port', {}, 80, ['localhost', 'localhost:80', '127.0.0.1', '127.0.0.1:80']],
  ['everywhere', exposed, 443, ['aios.example', 'aios.example:443']],
  ['elsewhere', { ...exposed, address: '10.0.0.5' }, 8443, ['10.0.0.5:8443', 'aios.example:8443']],
  ['through a tunnel', { hosts: ['localhost:9000'] }, 1, ['localhost:1', '127.0.0.1:1', 'localhost:9000']],
])('the names %s are these alone', (_what, settings, port, hosts) => {
  expect([...placeOf({ ...usual, ...settings }, port).hosts]).toEqual(hosts)
})
