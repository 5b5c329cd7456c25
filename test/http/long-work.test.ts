import { expect, test } from 'vitest'
import { createClient } from '../../cli/client.ts'
import { AiosError } from '../../contract/errors.ts'
import { repositoryRoutes } from '../../contract/repository-routes.ts'
import type { Task } from '../../contract/task.ts'
import type { WorkDoor } from '../../daemon/http/long-work.ts'
import { patienceOf, urgencyOf } from '../../daemon/http/preference.ts'
import { repository } from './answers.ts'
import { send, serve } from './served.ts'

const json = { 'content-type': 'application/json' }
const done = { repository, added: true }
const running: Task = {
  id: 'abc',
  kind: 'addRepository',
  state: 'running',
  priority: 3,
  tries: 1,
  mostTries: 1,
  createdAt: '2026-01-02T12:00:00.000Z',
  changedAt: '2026-01-02T12:00:00.000Z',
}
const completed: Task = { ...running, state: 'completed', result: done }
const refusal = { code: 'repository.not-found', detail: 'Nothing there.', hint: 'Look elsewhere.' }
const failed: Task = { ...running, state: 'failed', problem: refusal }

test('work that ends while the caller waits is answered like any other call', async () => {
  const { socket } = await serve({}, { work: workThat(completed) })
  expect(await add(socket)).toMatchObject({ status: 200, body: done })
})

test('work that goes on is accepted, with its task and where it is told of', async () => {
  const { socket } = await serve({}, { work: workThat(running) })
  const answer = await add(socket, { prefer: 'respond-async' })
  expect(answer).toMatchObject({ status: 202, body: { id: 'abc', state: 'running' } })
  expect(answer.headers).toMatchObject({
    location: '/v1/tasks/abc',
    'retry-after': '1',
    'preference-applied': 'respond-async',
  })
  const waited = await add(socket, { prefer: 'wait=0, respond-async' })
  expect([waited.status, waited.headers['preference-applied']]).toEqual([202, 'wait=0'])
})

test('work that fails while the caller waits is refused with its problem', async () => {
  const { socket } = await serve({}, { work: workThat(failed) })
  const { status, body } = await add(socket)
  expect([status, body['code'], body['detail']]).toEqual([404, 'repository.not-found', 'Nothing there.'])
})

test('what is short enough is no task: a doctor who only looks', async () => {
  const { socket } = await serve({}, { work: workThat(running) })
  expect((await send(socket, 'POST', '/v1/doctor', '{}')).body).toEqual({ healthy: true, checks: [] })
  expect((await send(socket, 'POST', '/v1/doctor', '{"fix":false}')).status).toBe(200)
  expect(
    (await send(socket, 'POST', '/v1/doctor', '{"fix":true}', { ...json, prefer: 'wait=0' })).status,
  ).toBe(202)
})

test('a client waits for what was accepted, and hears how it goes', async () => {
  const seen: string[] = []
  const { socket } = await serve(
    {
      async *followTask({ task }) {
        yield { ...running, id: task }
        yield { ...completed, id: task }
      },
    },
    { work: workThat(running) },
  )
  const client = createClient(socket, new AbortController().signal)
  const onTask = ({ state }: Task) => void seen.push(state)
  expect(await client.work(repositoryRoutes.addRepository, { path: '/tide' }, onTask)).toEqual(done)
  expect(seen).toEqual(['running', 'completed'])
  client.close()
})

test('a client throws what the work failed with', async () => {
  const { socket } = await serve(
    {
      async *followTask() {
        yield failed
      },
    },
    { work: workThat(running) },
  )
  const client = createClient(socket, new AbortController().signal)
  const adding = client.work(repositoryRoutes.addRepository, { path: '/tide' }, () => {})
  await expect(adding).rejects.toMatchObject({ code: 'repository.not-found', message: 'Nothing there.' })
  client.close()
})

test('whoever is interrupted while they wait has the work cancelled', async () => {
  const interruption = new AbortController()
  const cancelled = Promise.withResolvers<string>()
  const { socket } = await serve(
    {
      async *followTask(_input, signal) {
        yield running
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
      },
      cancelTask: async ({ task }) => (cancelled.resolve(task), running),
    },
    { work: workThat(running) },
  )
  const client = createClient(socket, interruption.signal)
  const reason = new AiosError('command.interrupted', 'Interrupted.')
  const adding = client.work(repositoryRoutes.addRepository, { path: '/tide' }, () =>
    interruption.abort(reason),
  )
  await expect(adding).rejects.toMatchObject({ code: 'command.interrupted' })
  expect(await cancelled.promise).toBe('abc')
  client.close()
})

test.each([
  ['', 1, undefined],
  ['wait=5', 5, 'wait=5'],
  ['respond-async', 0, 'respond-async'],
  ['respond-async, wait=10', 10, 'wait=10'],
  ['Wait=7; foo=bar, handling=lenient', 7, 'wait=7'],
  ['wait="20"', 20, 'wait=20'],
  ['wait=999999999', 600, 'wait=600'],
  ['wait=-1, waiting=3, wait', 1, undefined],
])('`Prefer: %s` is a patience of %d seconds', (header, seconds, applied) => {
  expect(patienceOf(header)).toEqual(applied === undefined ? { seconds } : { seconds, applied })
})

test.each([
  ['u=0', 0],
  ['i, u=7', 7],
  ['u=1, i', 1],
  ['u=8', undefined],
  ['u=12', undefined],
  ['', undefined],
])('`Priority: %s` is an urgency of %s', (header, urgency) => {
  expect(urgencyOf(header)).toBe(urgency)
})

function add(socket: string, headers: Record<string, string> = {}) {
  return send(socket, 'POST', '/v1/repositories', '{"path":"/tide"}', { ...json, ...headers })
}

function workThat(stands: Task): WorkDoor {
  return { begin: async () => ({ ...running }), ended: async () => stands }
}
