import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { daemonRoutes } from '../../contract/daemon-routes.ts'
import { repositoryRoutes } from '../../contract/repository-routes.ts'
import { isEnding, type Task } from '../../contract/task.ts'
import { taskRoutes } from '../../contract/task-routes.ts'
import { createPlace, writeHistory, type Place, type Running } from './place.ts'
import { send } from '../http/served.ts'

let place: Place
beforeEach(() => {
  place = createPlace()
})
afterEach(() => place.clear())

const commits = 700

test('a task whose daemon is killed is done by the next one, and nothing is lost or doubled', async () => {
  writeHistory(place, 'main', commits)
  let daemon = await place.daemon()
  const { repository } = await daemon.client.call(repositoryRoutes.addRepository, { path: place.repository })
  expect(repository).toMatchObject({ episodes: commits, complete: commits, pending: 0 })

  const { id } = await begin(`/v1/repositories/${repository.id}/reindex`)
  for (let kills = 0; kills < 2; kills++) {
    await until(daemon, id, isRunning)
    // Any moment will do: what is killed is closing, deleting, opening or reading.
    await sleep(randomInt(300))
    await daemon.end('SIGKILL')
    daemon = await place.daemon()
    if (isEnding((await until(daemon, id, () => true)).state)) break
  }
  const done = await until(daemon, id, ({ state }) => state === 'completed')
  expect(done.tries).toBeGreaterThan(1)
  expect(done.result).toMatchObject({ episodes: commits, complete: commits, pending: 0, state: 'ready' })
  expect(await daemon.client.call(repositoryRoutes.repository, { repository: repository.id })).toMatchObject({
    episodes: commits,
  })
  const told = await eventsOf(daemon, id)
  expect(told[0]).toBe('task.queued')
  expect(told.at(-1)).toBe('task.completed')
  expect((await daemon.end('SIGTERM')).log).not.toMatch(/did not close|was not handled/)
}, 120_000)

test('a daemon that is asked to stop lets go of its tasks, and the next one goes on', async () => {
  writeHistory(place, 'main', commits)
  const first = await place.daemon()
  const { id } = await begin('/v1/repositories', { path: place.repository })
  await until(first, id, isRunning)
  const { code, log } = await first.end('SIGTERM')
  expect(code).toBe(0)
  expect(log).not.toMatch(/did not close|was not handled/)
  const second = await place.daemon()
  const done = await until(second, id, ({ state }) => state === 'completed')
  expect(done).toMatchObject({ tries: 1, result: { repository: { episodes: commits } } })
}, 120_000)

test('what was refused is shown with its reason, and replayed when that is gone', async () => {
  const daemon = await place.daemon()
  const path = join(place.home, 'later')
  const { id } = await begin('/v1/repositories', { path })
  const failed = await until(daemon, id, ({ state }) => state === 'failed')
  expect(failed).toMatchObject({ tries: 1, problem: { code: 'repository.missing' } })
  const shown = place.aios(['task', 'show', id])
  expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining('failed')])
  expect(place.aios(['task', 'list', '--state', 'failed', '--json']).data).toMatchObject({ items: [{ id }] })

  place.git('init', '--quiet', path)
  expect(place.aios(['task', 'replay', id]).code).toBe(0)
  const done = await until(daemon, id, ({ state }) => state === 'completed')
  expect(done).toMatchObject({ result: { added: true, repository: { path } } })
  expect(place.aios(['task', 'replay', id])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('completed'),
  })
  expect(place.aios(['task', 'show', 'nobody']).code).toBe(3)
}, 60_000)

test('tasks about one repository wait for each other, and one that waits is cancelled at once', async () => {
  writeHistory(place, 'main', commits)
  const daemon = await place.daemon()
  const { repository } = await daemon.client.call(repositoryRoutes.addRepository, { path: place.repository })
  const path = `/v1/repositories/${repository.id}/reindex`
  const [first, second] = [await begin(path), await begin(path)]
  expect((await until(daemon, second.id, () => true)).state).toBe('pending')
  expect(await daemon.client.call(taskRoutes.cancelTask, { task: second.id })).toMatchObject({
    state: 'cancelled',
  })
  await daemon.client.call(taskRoutes.cancelTask, { task: first.id })
  await until(daemon, first.id, ({ state }) => state === 'cancelled')
  // Git is the queue: what was thrown away is read again, whoever still waits for it.
  await daemon.until(
    ({ pending, episodes, state }) => state === 'ready' && pending === 0 && episodes === commits,
  )
}, 120_000)

test('a write with a key is done once, however many send it and however often the daemon dies', async () => {
  writeHistory(place, 'main', 3)
  let daemon = await place.daemon()
  const body = { path: place.repository }
  const many = await Promise.all(Array.from({ length: 12 }, () => write('k1', body, 'respond-async')))
  expect(many.filter(({ status }) => status !== 202 && status !== 409)).toEqual([])
  const [first, ...others] = many.filter(({ status }) => status === 202)
  expect(others.filter(({ text }) => text !== first?.text)).toEqual([])
  expect((await daemon.client.call(taskRoutes.tasks, {})).items).toHaveLength(1)

  await daemon.end('SIGKILL')
  daemon = await place.daemon()
  expect(await write('k1', body)).toMatchObject({ status: 202, text: first?.text })
  expect(await write('k1', { path: place.home })).toMatchObject({
    status: 422,
    body: { code: 'request.key-reused' },
  })
  const { items } = await daemon.client.call(taskRoutes.tasks, {})
  expect(items.map(({ id }) => id)).toEqual([first?.body['id']])
}, 60_000)

test('lists are paged through while they grow, and a damaged cursor is refused with a hint', async () => {
  writeHistory(place, 'main', 12)
  const daemon = await place.daemon()
  await daemon.client.call(repositoryRoutes.addRepository, { path: place.repository })
  const path = encodeURIComponent(place.repository)
  const [timeline, events, tasks] = [`/v1/timeline?repository=${path}&`, '/v1/events/past?', '/v1/tasks?']

  const all = await pages(timeline, 5, () =>
    place.git('commit', '--quiet', '--allow-empty', '--message', `another ${Math.random()}`),
  )
  expect(all).toHaveLength(12)
  expect(new Set(all.map(({ oid }) => oid)).size).toBe(12)

  const facts = await pages(events, 2, () => {})
  expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_fact, index) => index + 1))

  for (let count = 0; count < 4; count++) await begin('/v1/doctor', { fix: true })
  const shown = await pages(tasks, 2, () => void begin('/v1/doctor', { fix: true }))
  expect(shown).toHaveLength(5)
  expect(new Set(shown.map(({ id }) => id)).size).toBe(5)

  for (const list of [timeline, events, tasks, '/v1/repositories?', '/v1/plugins?']) {
    const { status, body } = await send(place.folders.socket, 'GET', `${list}cursor=${'A'.repeat(30)}`)
    expect([list, status, body['code'], body['hint']]).toEqual([
      list,
      400,
      'request.cursor',
      expect.stringContaining('`next`'),
    ])
  }
}, 60_000)

function isRunning({ state }: Task): boolean {
  return state === 'running'
}

/** Begins long work and does not wait for it. */
async function begin(path: string, body: object = {}): Promise<{ readonly id: string }> {
  const headers = { 'content-type': 'application/json', prefer: 'respond-async' }
  const answer = await send(place.folders.socket, 'POST', path, JSON.stringify(body), headers)
  expect([answer.status, answer.headers.location]).toEqual([202, `/v1/tasks/${String(answer.body['id'])}`])
  return { id: String(answer.body['id']) }
}

function write(key: string, body: object, prefer = 'wait=1') {
  const headers = { 'content-type': 'application/json', 'idempotency-key': `"${key}"`, prefer }
  return send(place.folders.socket, 'POST', '/v1/repositories', JSON.stringify(body), headers)
}

async function until(daemon: Running, task: string, test: (task: Task) => boolean): Promise<Task> {
  for (;;) {
    const now = await daemon.client.call(taskRoutes.task, { task })
    if (test(now)) return now
    expect([now.state, now.problem]).toEqual([
      expect.not.stringMatching(/completed|failed|dead/),
      now.problem,
    ])
    await sleep(10)
  }
}

async function eventsOf(daemon: Running, task: string): Promise<string[]> {
  const { items } = await daemon.client.call(daemonRoutes.pastEvents, { limit: 1000 })
  return items.filter(({ data }) => JSON.stringify(data).includes(task)).map(({ type }) => type)
}

/** Returns all items of a list, page by page; something happens between two pages. */
async function pages(list: string, limit: number, between: () => void): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = []
  for (let cursor = ''; ; between()) {
    const { body } = await send(place.folders.socket, 'GET', `${list}limit=${limit}${cursor}`)
    expect(Array.isArray(body['items'])).toBe(true)
    if (Array.isArray(body['items'])) items.push(...body['items'])
    if (typeof body['next'] !== 'string') return items
    cursor = `&cursor=${encodeURIComponent(body['next'])}`
  }
}
