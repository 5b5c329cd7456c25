import { expect, test } from 'vitest'
import type { Digested } from '../../../native-workers/digest.ts'
import { createTaskQueue, type TaskQueue } from '../../../native-workers/task-queue.ts'

const forever = new AbortController().signal
const work = {
  texts: { bytes: new Uint8Array(), offsets: Uint32Array.of(0), shape: 'message', labels: [] },
  settings: { dimensions: 8, seed: 1 },
} as const

test('no more runs at once than may, and the next begins when one is done', async () => {
  const queue = createTaskQueue(2)
  const answers = [0, 1, 2].map(() => queue.add(work, forever))
  expect(nextIds(queue)).toEqual([1, 2])

  queue.done(2, digested(2))

  expect(nextIds(queue)).toEqual([3])
  queue.done(1, digested(1))
  queue.done(3, digested(3))
  expect(await Promise.all(answers)).toEqual([digested(1), digested(2), digested(3)])
  expect(queue.isEmpty()).toBe(true)
})

test('what was lost runs again alone and before the rest', async () => {
  const queue = createTaskQueue(2)
  const answers = [0, 1, 2].map(() => queue.add(work, forever))
  nextIds(queue)

  queue.lost('the sea rose')

  expect(nextIds(queue)).toEqual([1])
  queue.done(1, digested(1))
  expect(nextIds(queue)).toEqual([2])
  queue.done(2, digested(2))
  expect(nextIds(queue)).toEqual([3])
  queue.done(3, digested(3))
  expect(await Promise.all(answers)).toHaveLength(3)
})

test('what failed waits until nothing else runs', async () => {
  const queue = createTaskQueue(2)
  const answers = [0, 1, 2].map(() => queue.add(work, forever))
  nextIds(queue)

  queue.failed(1, 'the sea rose')

  expect(nextIds(queue)).toEqual([])
  queue.done(2, digested(2))
  expect(nextIds(queue)).toEqual([1])
  queue.done(1, digested(1))
  expect(nextIds(queue)).toEqual([3])
  queue.done(3, digested(3))
  expect(await Promise.all(answers)).toHaveLength(3)
})

test('a task is done once, whatever is reported about it later', async () => {
  const queue = createTaskQueue(2)
  const answer = queue.add(work, forever)
  nextIds(queue)

  queue.done(1, digested(1))
  queue.done(1, digested(2))
  queue.failed(1, 'late')
  queue.lost('later')

  expect(await answer).toEqual(digested(1))
  expect(queue.isEmpty()).toBe(true)
})

test('the fifth failure is the last', async () => {
  const queue = createTaskQueue(2)
  const answer = queue.add(work, forever)
  answer.catch(() => {})
  for (let tries = 1; tries <= 5; tries++) {
    expect(nextIds(queue)).toEqual([1])
    queue.failed(1, `try ${tries}`)
  }
  await expect(answer).rejects.toThrow('failed 5 times. The last time, try 5.')
  expect(queue.isEmpty()).toBe(true)
})

test('what is given up while it waits never runs; while it runs, it keeps its place', async () => {
  const queue = createTaskQueue(1)
  const controller = new AbortController()
  const answers = [0, 1].map(() => queue.add(work, controller.signal))
  const last = queue.add(work, forever)
  expect(nextIds(queue)).toEqual([1])

  controller.abort('enough')

  for (const answer of answers) await expect(answer).rejects.toMatchObject({ cause: 'enough' })
  expect(nextIds(queue)).toEqual([])
  queue.done(1, digested(1))
  expect(nextIds(queue)).toEqual([3])
  queue.done(3, digested(3))
  expect(await last).toEqual(digested(3))
})

test('who had given up before is not kept waiting', async () => {
  const queue = createTaskQueue(1)
  await expect(queue.add(work, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  expect(queue.isEmpty()).toBe(true)
})

test('closing refuses what waits, and what runs after the time', async () => {
  const queue = createTaskQueue(1)
  const answers = [0, 1].map(() => queue.add(work, forever))
  const refused = answers.map((answer) =>
    expect(answer).rejects.toMatchObject({ code: 'workers.unavailable' }),
  )
  nextIds(queue)

  await queue.close(1)

  await Promise.all(refused)
})

function nextIds(queue: TaskQueue): number[] {
  const ids: number[] = []
  for (let order = queue.next(); order !== undefined; order = queue.next()) ids.push(order.id)
  return ids
}

function digested(mark: number): Digested {
  const tokens = Uint32Array.of(mark)
  return { terms: [], vectors: new Float32Array(), tokens, redactions: new Uint32Array(), texts: [] }
}
