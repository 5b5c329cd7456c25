import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AiosError } from '../../contract/errors.ts'
import { createOnce } from '../../daemon/http/idempotency.ts'
import { openJournal, type Journal } from '../../daemon/store/journal.ts'
import { send, serve } from './served.ts'

const noon = Date.UTC(2026, 0, 2, 12)
const hour = 3_600_000
let file: string
let journal: Journal
let now: number

beforeEach(() => {
  now = noon
  file = join(mkdtempSync(join(tmpdir(), 'keys-')), 'journal.sqlite')
  open()
})
afterEach(() => journal.close())

test('the same request with the same key is done once, and answered the same again, after a restart too', async () => {
  const { send: sendTo, done } = await forgetful()
  const first = await sendTo('tide', 'k1')
  expect(first).toMatchObject({ status: 200, body: { id: 'tide', purged: false } })
  expect(first.headers).not.toHaveProperty('idempotency-replayed')
  const again = await sendTo('tide', 'k1')
  expect([again.status, again.text, again.type]).toEqual([first.status, first.text, first.type])
  expect(again.headers['idempotency-replayed']).toBe('true')
  journal.close()
  open()
  const { send: sendLater, done: doneLater } = await forgetful()
  expect((await sendLater('tide', 'k1')).text).toBe(first.text)
  expect([done, doneLater]).toEqual([['tide'], []])
  await sendLater('tide', 'k2')
  expect(doneLater).toEqual(['tide'])
})

test('another request with a key that was used is refused, and nothing is done', async () => {
  const { send: sendTo, done } = await forgetful()
  await sendTo('tide', 'k1')
  const other = await sendTo('wind', 'k1')
  expect([other.status, other.body['code']]).toEqual([422, 'request.key-reused'])
  expect(other.body['hint']).toContain('new Idempotency-Key')
  expect(done).toEqual(['tide'])
})

test('of many at the same moment one is done; the others hear that it is being answered', async () => {
  const entered = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const { send: sendTo, done } = await forgetful(async () => {
    entered.resolve()
    await release.promise
  })
  const first = sendTo('tide', 'k1')
  await entered.promise
  const others = await Promise.all(Array.from({ length: 20 }, () => sendTo('tide', 'k1')))
  expect(new Set(others.map(({ status, body }) => `${status} ${String(body['code'])}`))).toEqual(
    new Set(['409 request.key-busy']),
  )
  expect((await sendTo('wind', 'k1')).status).toBe(422)
  release.resolve()
  expect((await first).status).toBe(200)
  expect((await sendTo('tide', 'k1')).text).toBe((await first).text)
  expect(done).toEqual(['tide'])
})

test('a refusal is an answer too; a failure that may pass is not', async () => {
  let error = new AiosError('repository.unknown', 'Who?')
  const { send: sendTo, done } = await forgetful(async () => {
    throw error
  })
  const refused = await sendTo('tide', 'k1')
  expect(refused).toMatchObject({ status: 404, type: expect.stringContaining('problem+json') })
  expect((await sendTo('tide', 'k1')).text).toBe(refused.text)
  expect(done).toHaveLength(1)
  error = new AiosError('hook.unanswered', 'Nobody.')
  expect((await sendTo('tide', 'k2')).status).toBe(503)
  expect((await sendTo('tide', 'k2')).status).toBe(503)
  expect(done).toHaveLength(3)
})

test('a key is forgotten after a day', async () => {
  const { send: sendTo, done } = await forgetful()
  await sendTo('tide', 'k1')
  now += 24 * hour
  await sendTo('tide', 'k1')
  expect(done).toHaveLength(1)
  now += 1
  expect((await sendTo('wind', 'k1')).status).toBe(200)
  expect(done).toEqual(['tide', 'wind'])
})

test('a key is text of a bearable length, quoted or not; what only reads needs none', async () => {
  const { send: sendTo, socket } = await forgetful()
  for (const bad of ['', '""', 'a b', 'a, b', 'x'.repeat(256), '"\u00e9"'])
    expect([bad, (await sendTo('tide', bad)).body['code']]).toEqual([bad, 'request.invalid'])
  expect((await sendTo('tide', '"8e03978e-40d5"')).status).toBe(200)
  expect((await sendTo('tide', '8e03978e-40d5')).headers['idempotency-replayed']).toBe('true')
  const read = () => send(socket, 'GET', '/v1/repositories', undefined, { 'idempotency-key': 'k9' })
  await read()
  expect((await read()).headers).not.toHaveProperty('idempotency-replayed')
})

test('two bodies that say the same in another order are the same request', async () => {
  const { socket } = await forgetful()
  const set = (body: string) =>
    send(socket, 'PUT', '/v1/config', body, { 'content-type': 'application/json', 'idempotency-key': 'k1' })
  await set('{"key":"recall.limit","value":"5","scope":"user"}')
  const again = await set('{"scope":"user","value":"5","key":"recall.limit"}')
  expect(again.headers['idempotency-replayed']).toBe('true')
})

test('two callers may make up the same key', async () => {
  const once = createOnce(
    journal.keptAnswers,
    () => now,
    () => {},
  )
  const request = { key: 'k1', method: 'POST', path: '/', input: {} }
  const answer = { status: 200, location: '', type: 'text/plain' }
  await once.answer({ ...request, caller: 'ada' }, async () => ({ ...answer, body: 'for ada' }))
  const other = await once.answer({ ...request, caller: 'bob' }, async () => ({ ...answer, body: 'for bob' }))
  expect(other).toMatchObject({ isRepeated: false, answer: { body: 'for bob' } })
})

function open(): void {
  journal = openJournal(file, (detail) => expect.fail(detail))
}

/** Serves a route that forgets repositories, and counts how often it was done. */
async function forgetful(before: () => Promise<void> = async () => {}) {
  const done: string[] = []
  const { socket } = await serve(
    {
      async forgetRepository({ repository: id }) {
        done.push(id)
        await before()
        return { id, purged: false }
      },
    },
    {
      once: createOnce(
        journal.keptAnswers,
        () => now,
        (error) => expect.fail(String(error)),
      ),
    },
  )
  return {
    socket,
    done,
    send: (id: string, key: string) =>
      send(socket, 'DELETE', `/v1/repositories/${id}`, undefined, { 'idempotency-key': key }),
  }
}
