import { expect, test } from 'vitest'
import { Validator } from '@seriousme/openapi-schema-validator'
import { webSocketPath } from '../../contract/web-socket.ts'
import { apiMounts } from '../../daemon/http/api-mounts.ts'
import { knock, openedDoors } from '../http/doors.ts'
import { send } from '../http/served.ts'
import { connectTo, ofType, type Client } from './client.ts'
import { openDoor } from './door.ts'

/** Opens TCP with a real guard before a real WebSocket. */
async function openGuarded(now?: () => number) {
  const { door, dropped } = await openDoor({ heartbeatMs: 800 })
  const doors = await openedDoors({
    mounts: () => apiMounts('1.2.3'),
    upgrades: { [webSocketPath]: door.accept },
    ...(now === undefined ? {} : { now }),
  })
  const address = `${doors.url.replace('http', 'ws')}${webSocketPath}`
  const open = (token = doors.token): Promise<Client> =>
    connectTo(address, { authorization: `Bearer ${token}` })
  return { doors, dropped, open }
}

test('a client whose token was replaced is let go, and told why', async () => {
  const { doors, dropped, open } = await openGuarded()
  const client = await open()
  client.say({ type: 'ping' })
  await client.until(ofType('pong'))
  await doors.access.answers.rotateCredentials({}, new AbortController().signal)
  expect(await client.closed).toEqual({ code: 1008, reason: expect.stringContaining('would not be let in') })
  expect(client.heard.at(-1)).toMatchObject({ code: 'auth.invalid', status: 401 })
  expect(dropped).toEqual(['expired'])
})

test('questions over WebSockets are counted as all others are, over all connections of a caller', async () => {
  const standing = Date.now()
  const { open } = await openGuarded(() => standing)
  const clients = await Promise.all([open(), open(), open(), open()])
  for (const client of clients) {
    for (let at = 0; at < 160; at += 1) client.say({ type: 'ask', id: `q${at}`, question: 'tide' })
  }
  // Each question ends with one frame, whatever became of it.
  await Promise.all(clients.map((client) => client.until(() => client.heard.length === 160)))
  const refused = clients.flatMap(({ heard }) => heard.filter(({ code }) => code === 'request.too-many'))
  expect(refused).toHaveLength(4 * 160 - 600)
  expect(refused[0]).toMatchObject({ status: 429, id: expect.stringMatching(/^q\d+$/) })
})

test('the page is for whoever may ask, and its style is what its policy allows', async () => {
  const { doors } = await openGuarded()
  const { url, token } = doors
  expect((await knock(url, '/docs')).status).toBe(401)
  const { status, headers, text } = await knock(url, '/docs', { token })
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  const nonce = /<style nonce="([^"]+)">/.exec(text)?.[1]
  expect(nonce).toMatch(/^[\w+/]{22}==$/)
  expect(headers['content-security-policy']).toContain(`style-src 'nonce-${nonce}'`)
  expect(headers['content-security-policy']).toContain("default-src 'none'")
})

test('the OpenAPI document is served on both doors, and valid as it is served', async () => {
  const { doors } = await openGuarded()
  const { url, token, folders } = doors
  expect((await knock(url, '/openapi.json')).status).toBe(401)
  const { status, body, headers } = await knock(url, '/openapi.json', { token })
  expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
  expect(await new Validator().validate({ ...body })).toEqual({ valid: true })
  expect((await send(folders.socket, 'GET', '/openapi.json')).body).toEqual(body)
})

test('who asks the address of the WebSocket for something else is told what it speaks', async () => {
  const { doors } = await openGuarded()
  const answer = await knock(doors.url, webSocketPath, { token: doors.token })
  expect(answer).toMatchObject({ status: 426, body: { code: 'ws.upgrade-needed' } })
})
