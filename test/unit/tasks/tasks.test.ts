import { expect, test } from 'vitest'
import { AiosError } from '../../../contract/errors.ts'
import { createWorkshop, noon, type Workshop } from './workshop.ts'

const forever = new AbortController().signal
const broken = new Error('the disk is on fire')

test('a task is written down, done, and shown with what came of it', async () => {
  const { tasks, tries, facts, submit } = createWorkshop()
  const { id } = submit({ repository: 'tide-1' })
  expect(tasks.task(id)).toMatchObject({ state: 'running', tries: 1, repository: 'tide-1', priority: 3 })
  tries[0]?.tell(4)
  expect(tasks.task(id).progress).toMatchObject({ done: 4, total: 10 })
  const ended = tasks.ended(id, forever)
  await tries[0]?.succeed({ healthy: true })
  expect(await ended).toMatchObject({ state: 'completed', result: { healthy: true } })
  expect(await ended).not.toHaveProperty('progress')
  expect(facts.map(({ type }) => type)).toEqual(['task.queued', 'task.started', 'task.completed'])
  expect(tasks.isBusy()).toBe(false)
})

test.each([
  [0, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]],
  [1, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]],
])(
  'with chance %d, what fails is tried again after %j ms, and then is a dead letter',
  async (chance, expected) => {
    const { tasks, tries, waits, facts, submit } = createWorkshop(chance)
    const { id } = submit({ mostTries: expected.length + 1 })
    for (const ms of expected) {
      await tries[0]?.fail(broken)
      expect(tasks.task(id)).toMatchObject({ state: 'retrying', problem: { code: 'internal' } })
      expect(Date.parse(tasks.task(id).nextTryAt ?? '')).toBe(noon + ms)
      expect(waits.map((wait) => wait.ms)).toEqual([ms])
      waits[0]?.come()
    }
    await tries[0]?.fail(new AiosError('store.full', 'No room.'))
    expect(tasks.task(id)).toMatchObject({
      state: 'dead',
      problem: { code: 'store.full', detail: 'No room.' },
    })
    expect(facts.at(-1)).toMatchObject({ type: 'task.dead', data: { task: id, code: 'store.full' } })
  },
)

test('a bug keeps its secrets; the log has them', async () => {
  const { tasks, tries, submit } = createWorkshop()
  const { id } = submit()
  await tries[0]?.fail(broken)
  expect(JSON.stringify(tasks.task(id))).not.toContain('fire')
})

test('a dead letter that is replayed has all its tries again, and only what ended in vain can be', async () => {
  const { tasks, tries, submit } = createWorkshop()
  const { id } = submit({ mostTries: 1 })
  expect(() => tasks.replay(id)).toThrow(expect.objectContaining({ code: 'task.state' }))
  await tries[0]?.fail(broken)
  expect(tasks.task(id).state).toBe('dead')
  expect(tasks.replay(id)).toMatchObject({ id, state: 'running', tries: 1 })
  expect(tasks.task(id)).not.toHaveProperty('problem')
  await tries[0]?.succeed(1)
  expect(() => tasks.replay(id)).toThrow(expect.objectContaining({ code: 'task.state' }))
  expect(() => tasks.replay('nobody')).toThrow(expect.objectContaining({ code: 'task.unknown' }))
})

test('what was refused is not tried again, unless it says to try again', async () => {
  const { tasks, tries, submit } = createWorkshop()
  const refused = submit()
  await tries[0]?.fail(new AiosError('repository.unknown', 'Who?'))
  expect(tasks.task(refused.id)).toMatchObject({ state: 'failed', problem: { code: 'repository.unknown' } })
  const busy = submit()
  await tries[0]?.fail(new AiosError('plugin.limit', 'Too often.'))
  expect(tasks.task(busy.id).state).toBe('retrying')
})

test('the most urgent begin first, a few at a time, and tasks about the same wait for each other', async () => {
  const shop = createWorkshop()
  const state = (id: string) => shop.tasks.task(id).state
  const [first, second] = [shop.submit({ lane: 'a' }), shop.submit({ lane: 'a' })]
  const [other, late, urgent] = [shop.submit(), shop.submit(), shop.submit({ priority: 0 })]
  expect([first, second, other, late, urgent].map(({ id }) => state(id))).toEqual([
    'running',
    'pending',
    'running',
    'queued',
    'queued',
  ])
  await endOf(shop, other.id)
  expect([state(late.id), state(urgent.id)]).toEqual(['queued', 'running'])
  await endOf(shop, first.id)
  expect([state(second.id), state(late.id)]).toEqual(['running', 'queued'])
})

test('what waits is cancelled at once; what runs, when it lets go', async () => {
  const shop = createWorkshop()
  const { tasks, tries, waits, submit } = shop
  const [running, waiting] = [submit({ lane: 'a' }), submit({ lane: 'a' })]
  expect(tasks.cancel(waiting.id).state).toBe('cancelled')
  const signal = tries[0]?.signal
  expect(tasks.cancel(running.id).state).toBe('running')
  expect(signal?.aborted).toBe(true)
  await tries[0]?.fail(signal?.reason)
  expect(tasks.task(running.id)).toMatchObject({ state: 'cancelled', problem: { code: 'task.cancelled' } })

  const failing = submit()
  await tries[0]?.fail(broken)
  expect(tasks.cancel(failing.id).state).toBe('cancelled')
  expect(waits).toEqual([])
  expect(() => tasks.cancel(failing.id)).toThrow(expect.objectContaining({ code: 'task.state' }))
})

test('a task that ran when the daemon died is done again, but not for ever', async () => {
  let shop = createWorkshop()
  const { id } = shop.submit({ mostTries: 1 })
  for (let deaths = 1; deaths < 5; deaths++) {
    shop = shop.die()
    expect(shop.tasks.task(id)).toMatchObject({ state: 'running', tries: deaths + 1 })
  }
  shop = shop.die()
  expect(shop.tasks.task(id)).toMatchObject({ state: 'dead', problem: { code: 'task.deadly' } })
  expect(shop.tries).toEqual([])
  shop.tasks.replay(id)
  await shop.tries[0]?.succeed('at last')
  expect(shop.die().tasks.task(id)).toMatchObject({ state: 'completed', result: 'at last' })
})

test('what waited, for its turn or its next try, waits after a death too; what was cancelled stays so', async () => {
  const before = createWorkshop()
  const [failing, unwanted] = [before.submit(), before.submit()]
  await before.tries[0]?.fail(broken)
  const [first, second] = [before.submit({ lane: 'a' }), before.submit({ lane: 'a' })]
  before.tasks.cancel(unwanted.id)
  const after = before.die()
  expect(after.tasks.task(unwanted.id).state).toBe('cancelled')
  expect(after.tasks.task(failing.id)).toMatchObject({ state: 'retrying', tries: 1 })
  expect(after.waits.map(({ ms }) => ms)).toEqual([500])
  expect([first, second].map(({ id }) => after.tasks.task(id).state)).toEqual(['running', 'pending'])
})

test('a daemon that is stopped lets go of what runs, and the try does not count', async () => {
  const before = createWorkshop()
  const { id } = before.submit()
  const [running] = before.tries
  before.tasks.close()
  expect(running?.signal.reason).toMatchObject({ code: 'daemon.stopping' })
  await running?.fail(running.signal.reason)
  expect(before.tasks.task(id)).toMatchObject({ state: 'queued', tries: 0 })
  expect(before.die().tasks.task(id)).toMatchObject({ state: 'running', tries: 1 })
})

test('the same id is the same task, whatever else is asked', () => {
  const { tries, submit } = createWorkshop()
  const first = submit({ id: 'mine' })
  expect(submit({ id: 'mine', priority: 0 })).toEqual(first)
  expect(tries).toHaveLength(1)
})

test('the queue ends somewhere, and so does what is remembered of the past', async () => {
  const { tasks, tries, submit } = createWorkshop(0, { running: 1, unended: 3, ended: 2 })
  const [first] = [submit(), submit(), submit()]
  expect(() => submit()).toThrow(expect.objectContaining({ code: 'task.queue-full' }))
  while (tries.length > 0) await tries[0]?.succeed(1)
  expect(tasks.list(Number.MAX_SAFE_INTEGER, 10).map(({ task }) => task.state)).toEqual([
    'completed',
    'completed',
  ])
  expect(() => tasks.task(first?.id ?? '')).toThrow(expect.objectContaining({ code: 'task.unknown' }))
})

test('who follows a task sees it change until it ends, and one who goes away stops nothing', async () => {
  const { tasks, tries, submit } = createWorkshop()
  const { id } = submit()
  const gone = new AbortController()
  const leaving = tasks.ended(id, gone.signal)
  gone.abort()
  expect((await leaving).state).toBe('running')
  const seen: string[] = []
  for await (const { state, progress } of tasks.changes(id, forever)) {
    seen.push(`${state} ${progress?.done ?? ''}`)
    if (seen.length === 1) tries[0]?.tell(7)
    else await tries[0]?.succeed(1)
  }
  expect(seen).toEqual(['running ', 'running 7', 'completed '])
})

async function endOf({ tries }: Workshop, id: string): Promise<void> {
  await tries.find(({ task }) => task.id === id)?.succeed(1)
}
