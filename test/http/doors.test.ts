import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { stateFolders } from '../../contract/state.ts'
import { knock, openedDoors } from './doors.ts'
import { send } from './served.ts'

const never = new AbortController().signal
/** A clock that stands still, so that nothing is earned back meanwhile. */
const standing = () => Date.parse('2024-05-01T00:00:00Z')
const newHome = () => mkdtempSync(join(tmpdir(), 'doors-'))

test('the daemon is found on this machine, at one address that only a token opens', async () => {
  const { url, port, token, folders } = await openedDoors()
  expect(url).toBe(`http://127.0.0.1:${port}`)
  expect(JSON.parse(readFileSync(folders.serviceFile, 'utf8'))).toMatchObject({ url })
  expect(statSync(folders.tokenFile).mode & 0o777).toBe(0o600)
  expect((await knock(url, '/v1/status', { token })).status).toBe(200)
  expect((await knock(url, '/v1/status')).status).toBe(401)
  expect((await knock(url, '/healthz')).status).toBe(200)
  expect((await send(folders.socket, 'GET', '/v1/status')).status).toBe(200)
})

test('port and token stay the same from start to start', async () => {
  const home = newHome()
  const first = await openedDoors({ home })
  await first.close()
  const second = await openedDoors({ home })
  expect([second.port, second.token]).toEqual([first.port, first.token])
})

test('a port that somebody else took meanwhile is given up for another', async () => {
  const home = newHome()
  const first = await openedDoors({ home })
  await first.close()
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(first.port, '127.0.0.1', resolve))
  const second = await openedDoors({ home })
  expect(second.port).not.toBe(first.port)
  expect((await knock(second.url, '/healthz')).status).toBe(200)
  await expect(openedDoors({ http: { port: first.port } })).rejects.toMatchObject({
    code: 'auth.unlistenable',
    message: expect.stringContaining('EADDRINUSE'),
  })
  await new Promise((resolve) => taken.close(resolve))
})

test('the port that is set is the port', async () => {
  const { port, close } = await openedDoors()
  await close()
  expect((await openedDoors({ http: { port } })).port).toBe(port)
})

test('without TCP there is the socket, and no link to pair a browser with', async () => {
  const { url, access, folders } = await openedDoors({ http: { enabled: false } })
  expect([url, existsSync(join(folders.state, 'http-port'))]).toEqual(['', false])
  expect((await send(folders.socket, 'GET', '/v1/status')).status).toBe(200)
  await expect(access.answers.pair({}, never)).rejects.toMatchObject({ code: 'auth.off' })
})

test('a daemon that others would reach unprotected does not listen at all', async () => {
  const home = newHome()
  await expect(openedDoors({ home, http: { address: '0.0.0.0' } })).rejects.toMatchObject({
    code: 'auth.exposed',
    message: expect.stringMatching(/certificate.*users.*names/),
  })
  const { socket, serviceFile } = stateFolders({ AIOS_HOME: home })
  expect([existsSync(socket), existsSync(serviceFile)]).toEqual([false, false])
})

test.each([
  ['is not there', undefined, 'config.unreadable'],
  ['is none', 'nonsense', 'config.invalid'],
])('a certificate that %s is told of', async (_what, content, code) => {
  const file = join(newHome(), 'certificate.pem')
  if (content !== undefined) writeFileSync(file, content)
  await expect(openedDoors({ http: { certificate: file, privateKey: file } })).rejects.toMatchObject({ code })
})

test('a user gets a token for their secret; it ends with them, whoever has the name next', async () => {
  const { url, access, decisions } = await openedDoors()
  const { secret } = await access.answers.addUser({ name: 'ada', role: 'reader' }, never)
  const ask = (body: unknown) => knock(url, '/v1/access-tokens', { method: 'POST', body })
  const wrong = await ask({ user: 'ada', secret: 'x' })
  expect([wrong.status, wrong.body['code']]).toEqual([401, 'auth.invalid'])
  expect((await ask({ user: 'bob', secret })).text.replace(/"traceId".*/, '')).toBe(
    wrong.text.replace(/"traceId".*/, ''),
  )
  const token = String((await ask({ user: 'ada', secret })).body['token'])
  expect(decisions).toMatchObject([
    { kind: 'login', actor: 'ada', decision: 'refused' },
    { kind: 'login', actor: 'bob', decision: 'refused' },
    { kind: 'login', actor: 'ada', decision: 'allowed' },
  ])
  expect(JSON.stringify(decisions)).not.toContain(secret)

  const stop = () => knock(url, '/v1/daemon/stop', { method: 'POST', body: {}, token })
  expect((await knock(url, '/v1/status', { token })).status).toBe(200)
  expect((await stop()).body['code']).toBe('auth.forbidden')
  await access.answers.removeUser({ user: 'ada' }, never)
  expect((await knock(url, '/v1/status', { token })).body['code']).toBe('auth.invalid')
  // Somebody else may get the name; what was given out under it stays worthless.
  await access.answers.addUser({ name: 'ada', role: 'admin' }, never)
  expect((await stop()).body['code']).toBe('auth.invalid')
})

test('a stream ends with the right to read it, and goes on while there is one', async () => {
  const told = Promise.withResolvers<void>()
  const { url, token, access } = await openedDoors({
    answers: {
      async *events(_input, signal) {
        for (let seq = 1; !signal.aborted; seq++) {
          yield { seq, id: 'e', type: 'daemon.started', time: '', data: {} }
          await sleep(20, undefined, { signal }).catch(() => {})
        }
        told.resolve()
      },
    },
  })
  const { secret } = await access.answers.addUser({ name: 'ada', role: 'reader' }, never)
  const theirs = (await access.answers.accessToken({ user: 'ada', secret }, never)).token
  const follow = async (shown: string, signal: AbortSignal) => {
    const headers = { authorization: `Bearer ${shown}` }
    const response = await fetch(`${url}/v1/events?follow=true`, { headers, signal })
    let lines = 0
    const reading = (async () => {
      for await (const piece of response.body ?? []) lines += Buffer.from(piece).length > 0 ? 1 : 0
    })()
    return { reading: reading.then(() => 'whole').catch(() => 'cut'), lines: () => lines }
  }
  const leaving = new AbortController()
  const owner = await follow(token, leaving.signal)
  const ada = await follow(theirs, never)
  await access.answers.removeUser({ user: 'ada' }, never)
  expect(await ada.reading).toBe('cut')
  await told.promise
  const sofar = owner.lines()
  while (owner.lines() < sofar + 10) await sleep(10)
  leaving.abort()
  expect(await owner.reading).toBe('cut')
})

test('what changes much is told to the audit log, with who it was and what came of it', async () => {
  const { url, token, folders, decisions } = await openedDoors()
  await knock(url, '/v1/daemon/stop', { method: 'POST', body: {}, token })
  await knock(url, '/v1/plugins', { method: 'POST', body: {}, token })
  await send(folders.socket, 'POST', '/v1/doctor', '{}')
  await knock(url, '/v1/status', { token })
  expect(decisions).toEqual([
    { kind: 'command', actor: 'owner', subject: 'stop', decision: 'allowed', detail: 'http' },
    { kind: 'command', actor: 'owner', subject: 'addPlugin', decision: 'failed', detail: 'http' },
    { kind: 'command', actor: 'owner', subject: 'doctor', decision: 'allowed', detail: 'socket' },
  ])
})

test('rotating ends the token, the browsers and the tokens of users, and leaves a new token', async () => {
  const { url, token, tokenFor, folders } = await openedDoors()
  const user = await tokenFor('reader')
  const rotated = await knock(url, '/v1/credentials/rotate', { method: 'POST', body: {}, token })
  expect(rotated.body).toEqual({ tokenFile: folders.tokenFile, sessions: 0 })
  for (const old of [token, user]) expect((await knock(url, '/v1/status', { token: old })).status).toBe(401)
  const fresh = readFileSync(folders.tokenFile, 'utf8').trim()
  expect((await knock(url, '/v1/status', { token: fresh })).status).toBe(200)
})

test('whoever asks too often waits, and nobody else does', async () => {
  const { url, token, tokenFor, folders } = await openedDoors({ now: standing })
  const user = await tokenFor('admin')
  const heavy = (shown: string) => knock(url, '/v1/doctor', { method: 'POST', body: {}, token: shown })
  const answers = await Promise.all(Array.from({ length: 25 }, () => heavy(user)))
  const late = answers.filter(({ status }) => status === 429)
  expect(late.length).toBe(5)
  for (const { headers, body } of late) {
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    expect(body['code']).toBe('request.too-many')
  }
  expect((await heavy(token)).status).toBe(200)
  expect((await knock(url, '/v1/status', { token: user })).status).toBe(200)
  for (let index = 0; index < 30; index++) {
    expect((await send(folders.socket, 'POST', '/v1/doctor', '{}')).status).toBe(200)
  }
})

test('guessing is slowed down, and keeps nobody out who knows', async () => {
  const { url, token } = await openedDoors({ now: standing })
  const guesses = await Promise.all(
    Array.from({ length: 150 }, (_, index) => knock(url, '/v1/status', { token: `guess-${index}` })),
  )
  expect(guesses.filter(({ status }) => status === 401)).toHaveLength(100)
  expect(guesses.filter(({ status }) => status === 429)).toHaveLength(50)
  expect((await knock(url, '/v1/status', { token })).status).toBe(200)
})

test('a code of a pairing link is worth nothing in any other place, and nothing twice', async () => {
  const { url, access, decisions } = await openedDoors({ now: standing })
  const link = new URL((await access.answers.pair({}, never)).url)
  const code = link.hash.slice(1)
  expect(link.href).toBe(`${url}/pair#${code}`)
  expect((await knock(url, '/v1/status', { token: code })).status).toBe(401)
  const redeem = (body: unknown) => knock(url, '/pair', { method: 'POST', body })
  expect((await redeem({ code: 7 })).body['code']).toBe('request.invalid')
  expect((await redeem({ code: 'x' })).body['code']).toBe('auth.invalid')
  const paired = await redeem({ code })
  expect(paired.headers['set-cookie']?.[0]).toMatch(
    /^aios_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
  )
  const again = await redeem({ code })
  expect([again.status, again.headers['set-cookie']]).toEqual([401, undefined])
  expect(decisions.map(({ subject, decision }) => `${subject} ${decision}`)).toEqual([
    'pairing refused',
    'pairing allowed',
    'pairing refused',
  ])
  const cookie = String(paired.headers['set-cookie']).split(';', 1)[0]
  const status = async (headers: Record<string, string | undefined>) =>
    (await knock(url, '/v1/status', { headers })).status
  const key = String(paired.body['key'])
  expect(await status({ cookie, 'x-aios-key': key })).toBe(200)
  expect(await status({ cookie, 'x-aios-key': 'x' })).toBe(401)
  expect(await status({ cookie })).toBe(401)
  expect(await status({ 'x-aios-key': key })).toBe(401)
})

test('a WebSocket is handed over to a program with a token, and to nobody without', async () => {
  const callers: unknown[] = []
  const sockets = new WebSocketServer({ noServer: true })
  const { url, token, port, folders } = await openedDoors({
    upgrades: {
      '/v1/ws': (request, socket, head, caller) => {
        callers.push(caller)
        sockets.handleUpgrade(request, socket, head, (client) => client.send('hello'))
      },
    },
  })
  const open = (address: string, headers: Record<string, string>) =>
    new Promise<string>((resolve) => {
      const client = new WebSocket(address, { headers })
      client.on('message', (data: Buffer) => {
        resolve(data.toString())
        client.terminate()
      })
      client.on('unexpected-response', (_request, response) => {
        response.resume()
        resolve(`${response.statusCode} ${response.headers['content-type']}`)
        client.terminate()
      })
      client.on('error', () => resolve('error'))
    })
  const there = `${url.replace('http', 'ws')}/v1/ws`
  const problem = 'application/problem+json'
  const authorization = `Bearer ${token}`
  expect(await open(there, { authorization })).toBe('hello')
  expect(await open(`ws+unix://${folders.socket}:/v1/ws`, {})).toBe('hello')
  expect(await open(there, {})).toBe(`401 ${problem}`)
  expect(await open(there, { authorization: 'Bearer x' })).toBe(`401 ${problem}`)
  expect(await open(there, { authorization, origin: 'https://evil.example' })).toBe(`403 ${problem}`)
  expect(await open(there, { authorization, origin: url })).toBe(`403 ${problem}`)
  expect(await open(there, { authorization, host: `evil.example:${port}` })).toBe(`421 ${problem}`)
  expect(await open(there.replace('/v1/ws', '/v1/status'), { authorization })).toBe(`404 ${problem}`)
  expect(callers).toEqual([
    { role: 'admin', name: 'owner', door: 'ws' },
    { role: 'admin', name: 'owner', door: 'ws' },
  ])
  sockets.close()
})

test('a request without a host, or with an address for a host, is refused', async () => {
  const { port, token } = await openedDoors()
  const told = (text: string) =>
    new Promise<string>((resolve) => {
      let answer = ''
      const raw = connect(port, '127.0.0.1', () => raw.write(text))
      raw.on('data', (piece) => (answer += piece.toString()))
      raw.on('close', () => resolve(answer))
    })
  const rest = `Authorization: Bearer ${token}\r\nConnection: close\r\n\r\n`
  const own = `Host: 127.0.0.1:${port}\r\n`
  expect(await told(`GET /v1/status HTTP/1.0\r\n${rest}`)).toMatch(/^HTTP\/1.1 421 /)
  expect(await told(`GET /v1/status HTTP/1.1\r\n${own}Host: evil.example\r\n${rest}`)).toMatch(/ (400|421) /)
  expect(await told(`GET http://evil.example/v1/status HTTP/1.1\r\n${own}${rest}`)).toMatch(/ (400|404) /)
  expect(await told(`GET /v1/status HTTP/1.1\r\n${own}${rest}`)).toMatch(/^HTTP\/1.1 200 /)
  expect(await told(`CONNECT evil.example:443 HTTP/1.1\r\n${own}${rest}`)).not.toMatch(/ 200 /)
})
