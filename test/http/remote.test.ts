import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { stateFolders } from '../../contract/state.ts'
import { openUsers } from '../../daemon/guard/users.ts'
import { knock, openedDoors } from './doors.ts'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
if (!hasOpenssl) console.warn('There is no openssl: the tests of TLS are skipped.')

/** Returns a certificate for a name and its key, made for this test. */
function newCertificate(name: string): { certificate: string; privateKey: string; ca: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'))
  const [certificate, privateKey] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name},IP:127.0.0.1`]
  execFileSync(
    'openssl',
    ['req', '-x509', ...curve, ...subject, '-keyout', privateKey, '-out', certificate],
    {
      stdio: 'pipe',
    },
  )
  return { certificate, privateKey, ca: readFileSync(certificate, 'utf8') }
}

describe.skipIf(!hasOpenssl)('over TLS', () => {
  test('others reach the daemon as users, over TLS, under its name, and not with the owner’s token', async () => {
    const { certificate, privateKey, ca } = newCertificate('aios.example')
    const home = mkdtempSync(join(tmpdir(), 'doors-'))
    const users = openUsers(join(stateFolders({ AIOS_HOME: home }).state, 'users.json'), Date.now)
    const { secret } = await users.add('ada', 'writer')
    const http = { address: '0.0.0.0', certificate, privateKey, hosts: ['aios.example'] }
    const { url, port, token } = await openedDoors({ home, http })
    expect(url).toBe(`https://aios.example:${port}`)
    const here = `https://127.0.0.1:${port}`
    const host = `aios.example:${port}`
    const ask = (path: string, shown?: string, body?: unknown) =>
      knock(here, path, {
        ca,
        headers: { host },
        ...(shown === undefined ? {} : { token: shown }),
        ...(body === undefined ? {} : { method: 'POST', body }),
      })
    expect((await ask('/healthz')).status).toBe(200)
    expect((await ask('/v1/status', token)).body['code']).toBe('auth.invalid')
    const issued = await ask('/v1/access-tokens', undefined, { user: 'ada', secret })
    const shown = String(issued.body['token'])
    expect((await ask('/v1/status', shown)).status).toBe(200)
    expect((await ask('/v1/daemon/stop', shown, {})).body['code']).toBe('auth.forbidden')
    expect((await knock(here, '/healthz', { ca })).body['code']).toBe('auth.wrong-host')

    await expect(knock(here, '/healthz', { headers: { host } })).rejects.toThrow(/self-signed/)
    await expect(knock(`http://127.0.0.1:${port}`, '/healthz')).rejects.toThrow(/hang up|ECONNRESET/)
    const upgrade = new WebSocket(`wss://127.0.0.1:${port}/v1/ws`, { ca, headers: { host } })
    const refused = await new Promise((resolve) => {
      upgrade.on('error', () => {})
      upgrade.on('unexpected-response', (_request, response) => resolve(response.statusCode))
    })
    expect(refused).toBe(401)
  })

  test('the cookie of a browser is sent over TLS only', async () => {
    const { certificate, privateKey, ca } = newCertificate('localhost')
    const { url, access } = await openedDoors({ http: { certificate, privateKey } })
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:/)
    const link = new URL((await access.answers.pair({}, new AbortController().signal)).url)
    const paired = await knock(url, '/pair', { method: 'POST', body: { code: link.hash.slice(1) }, ca })
    expect(String(paired.headers['set-cookie'])).toMatch(/; Secure$/)
  })
})
