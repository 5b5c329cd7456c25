import { expect, test } from 'vitest'
import { isPlaceholder } from '../../../plugins/placeholder.ts'

const key = (body: string) =>
  ['-----BEGIN RSA PRIVATE', ` KEY-----\n${body}\n-----END RSA PRIVATE KEY-----`].join('')
const letters = 'MIIEpAIBAAKCAQEAu7XwFfoOoCy4CQFOoVcSxXxBaRfAkE9Zq8Lm2Tn5Rd3Wv6Hs'

test.each([
  ['a key in which a short word stands by chance', key(letters), 'privatekey', false],
  ['a key whose body is left out', key('MIIE...'), 'privatekey', true],
  ['a key of one letter', key('x'.repeat(64)), 'privatekey', true],
  [
    'a token in which a short word stands by chance',
    'ghp_k3Vd9Qz7mXwfoo8sYb5HcN4jFg6WaErTyU',
    'github',
    false,
  ],
  ['a token that says what it is', 'ghp_foobarfoobarfoobarfoobarfoobarfoobar', 'github', true],
])('%s', (_what, secret, kind, expected) => {
  expect(isPlaceholder(secret, kind)).toBe(expected)
})
