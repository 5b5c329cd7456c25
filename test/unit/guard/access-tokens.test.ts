import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { base64url, SignJWT, UnsecuredJWT } from 'jose'
import { expect, test } from 'vitest'
import { createAccessTokens } from '../../../daemon/guard/access-tokens.ts'
import { openSigningKeys } from '../../../daemon/guard/signing-keys.ts'

const minutes = 60_000
const hours = 3600_000

async function tokens(kept: { text?: string } = {}) {
  let at = Date.parse('2024-05-01T00:00:00Z')
  const place = {
    read: async () => kept.text,
    write: async (text: string) => void (kept.text = text),
  }
  const keys = await openSigningKeys(place, () => at)
  const access = createAccessTokens(keys, () => at)
  return { access, keys, kept, now: () => at, pass: (ms: number) => void (at += ms) }
}

/** Returns claims that are right in every way, for whoever changes one of them. */
function claims(now: number) {
  const iat = Math.floor(now / 1000)
  return { sub: 'ada', iss: 'aios', aud: 'aios-api', iat, exp: iat + 900, jti: randomUUID() }
}

test('a token names its user for fifteen minutes and no longer', async () => {
  const { access, pass, now } = await tokens()
  const { token, expiresAt } = await access.issue('ada')
  expect(expiresAt - now()).toBe(15 * minutes)
  pass(15 * minutes - 1000)
  expect(await access.verify(token)).toBe('ada')
  pass(1000)
  expect(await access.verify(token)).toBeUndefined()
})

test('keys change once a day; tokens of the key before are believed as long as they live', async () => {
  const { access, keys, pass } = await tokens()
  const first = await keys.current()
  pass(24 * hours - 1 * minutes)
  const old = await access.issue('ada')
  pass(2 * minutes)
  const fresh = await access.issue('ada')
  expect((await keys.current()).id).not.toBe(first.id)
  expect([await access.verify(old.token), await access.verify(fresh.token)]).toEqual(['ada', 'ada'])
  pass(15 * minutes)
  expect(keys.find(first.id)).toBeUndefined()
})

test('two who ask when the key is old get the same new one', async () => {
  const { keys, pass } = await tokens()
  await keys.current()
  pass(25 * hours)
  const [one, other] = await Promise.all([keys.current(), keys.current()])
  expect(one.id).toBe(other.id)
})

test('tokens outlive the daemon, but not what was told to end them', async () => {
  const { access, keys, kept } = await tokens()
  const { token } = await access.issue('ada')
  expect(await (await tokens(kept)).access.verify(token)).toBe('ada')
  await keys.forget()
  expect(await access.verify(token)).toBeUndefined()
  expect(await (await tokens(kept)).access.verify(token)).toBeUndefined()
})

test.each(['', 'nonsense', '{"keys":[{"id":"a","createdAt":0,"pem":"x"}]}', '{"keys":7}'])(
  'keys that cannot be read are made anew: %s',
  async (text) => {
    const { access } = await tokens({ text })
    expect(await access.verify((await access.issue('ada')).token)).toBe('ada')
  },
)

test.each([
  ['another audience', { aud: 'elsewhere' }],
  ['another issuer', { iss: 'elsewhere' }],
  ['no audience', { aud: undefined }],
  ['no user', { sub: undefined }],
  ['no name of its own', { jti: undefined }],
  ['no beginning', { iat: undefined }],
  ['no end', { exp: undefined }],
  ['a life of a day', { exp: Math.floor(Date.parse('2024-05-02T00:00:00Z') / 1000) }],
  ['a beginning in the future', { iat: Math.floor(Date.parse('2024-05-01T01:00:00Z') / 1000) }],
  ['a time before which it is not good', { nbf: Math.floor(Date.parse('2024-05-01T00:10:00Z') / 1000) }],
])('a token with %s is refused, though our own key signed it', async (_what, changed) => {
  const { access, keys, now } = await tokens()
  const { id, key } = await keys.current()
  const sign = (body: Record<string, unknown>) =>
    new SignJWT(body).setProtectedHeader({ alg: 'EdDSA', kid: id, typ: 'at+jwt' }).sign(key)
  expect(await access.verify(await sign(claims(now())))).toBe('ada')
  expect(await access.verify(await sign({ ...claims(now()), ...changed }))).toBeUndefined()
})

test('a token of another kind, or of no named key, is refused', async () => {
  const { access, keys, now } = await tokens()
  const { id, key } = await keys.current()
  const sign = (header: { kid?: string; typ?: string }) =>
    new SignJWT(claims(now())).setProtectedHeader({ alg: 'EdDSA', ...header }).sign(key)
  expect(await access.verify(await sign({ kid: id, typ: 'at+jwt' }))).toBe('ada')
  expect(await access.verify(await sign({ kid: id, typ: 'JWT' }))).toBeUndefined()
  expect(await access.verify(await sign({ kid: id }))).toBeUndefined()
  expect(await access.verify(await sign({ typ: 'at+jwt' }))).toBeUndefined()
  expect(await access.verify(await sign({ kid: '../../etc/passwd', typ: 'at+jwt' }))).toBeUndefined()
})

test('only the one algorithm is believed, whatever the token says of it', async () => {
  const { access, keys, now } = await tokens()
  const { id } = await keys.current()
  const header = { kid: id, typ: 'at+jwt' }
  const publicPem = keys.find(id)?.export({ type: 'spki', format: 'pem' }).toString() ?? ''
  const publicRaw = keys.find(id)?.export({ format: 'jwk' }).x ?? ''
  const sign = (alg: string, key: Parameters<SignJWT['sign']>[0]) =>
    new SignJWT(claims(now())).setProtectedHeader({ alg, ...header }).sign(key)
  const unsigned = new UnsecuredJWT(claims(now())).encode()
  const [, body = ''] = unsigned.split('.')
  const noneWithKid = `${base64url.encode(JSON.stringify({ alg: 'none', ...header }))}.${body}.`
  const forged = [
    unsigned,
    noneWithKid,
    noneWithKid.replace('.', '.').concat('AAAA'),
    // The classic: the public key, which everyone may have, as the secret of an HMAC.
    await sign('HS256', Buffer.from(publicPem)),
    await sign('HS256', Buffer.from(publicRaw, 'base64url')),
    await sign('RS256', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
    await sign('ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
    await sign('EdDSA', generateKeyPairSync('ed25519').privateKey),
  ]
  expect(await Promise.all(forged.map((token) => access.verify(token)))).toEqual(forged.map(() => undefined))
})

test('a key that comes inside the token is not asked', async () => {
  const { access, keys, now } = await tokens()
  const { id } = await keys.current()
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const jwk = publicKey.export({ format: 'jwk' })
  const token = await new SignJWT(claims(now()))
    .setProtectedHeader({ alg: 'EdDSA', kid: id, typ: 'at+jwt', jwk, jku: 'https://evil.example/keys' })
    .sign(privateKey)
  expect(await access.verify(token)).toBeUndefined()
})

test('a changed token, a cut one and an endless one are refused', async () => {
  const { access } = await tokens()
  const { token } = await access.issue('ada')
  const [head = '', , signature = ''] = token.split('.')
  const other = base64url.encode(JSON.stringify({ sub: 'admin' }))
  const broken = [`${head}.${other}.${signature}`, token.slice(0, -2), `${head}..${signature}`, 'a.b.c', '']
  for (const text of [...broken, `${token}${'A'.repeat(3000)}`])
    expect(await access.verify(text)).toBeUndefined()
})
