import { expect, test } from 'vitest'
import { errorKinds } from '../../../contract/errors.ts'
import { answerInRoom } from '../../../daemon/answers-room.ts'
import { createBulkhead } from '../../../daemon/bulkhead.ts'
import { answersWith } from '../../http/answers.ts'
import { send, serve } from '../../http/served.ts'

const forever = new AbortController().signal
const room = { atOnce: 2, longestWaitMs: 1000, longestMs: 60_000 }

/** Acts that end when they are told to; what began is counted. */
function work() {
  const ends: (() => void)[] = []
  const act = () => new Promise<string>((resolve) => ends.push(() => resolve('done')))
  return { act, ends, endOne: () => ends.shift()?.() }
}

const overloaded = expect.objectContaining({ code: 'daemon.overloaded' })
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('few act at once, and whoever waits longest is next', async () => {
  const { run } = createBulkhead(room)
  const { act, ends, endOne } = work()
  const order: number[] = []
  const all = [1, 2, 3, 4].map((number) => run(act, forever).then(() => order.push(number)))
  await turn()
  expect(ends).toHaveLength(2)
  for (let index = 0; index < 4; index += 1) {
    endOne()
    await turn()
  }
  await Promise.all(all)
  expect(order).toEqual([1, 2, 3, 4])
})

test('whoever would wait for long is refused at once, and told for how long', async () => {
  let now = 0
  const { run } = createBulkhead(room, () => now)
  const { act, endOne } = work()
  for (let index = 0; index < 100; index += 1) {
    const slow = run(act, forever)
    await turn()
    now += 3000
    endOne()
    await slow
  }
  const inside = [1, 2, 3, 4].map(() => run(act, forever))
  await expect(run(act, forever)).rejects.toEqual(overloaded)
  await expect(run(act, forever)).rejects.toMatchObject({
    seconds: 5,
    message: expect.stringContaining('5 s'),
  })
  for (let index = 0; index < 4; index += 1) {
    endOne()
    await turn()
  }
  expect(await Promise.all(inside)).toEqual(Array.from({ length: 4 }, () => 'done'))
})

test('however quick the answers are, the queue has an end', async () => {
  const { run } = createBulkhead(room)
  const { act, endOne } = work()
  let refused = 0
  const asked = Array.from({ length: 5000 }, () => run(act, forever).catch(() => (refused += 1)))
  await turn()
  expect(refused).toBeGreaterThan(4900)
  for (let left = asked.length - refused; left > 0; left -= 1) {
    endOne()
    await turn()
  }
  await Promise.all(asked)
})

test('whoever goes away while waiting leaves no hole in the queue, and a failure hands its place over', async () => {
  const { run } = createBulkhead({ ...room, atOnce: 1 })
  const failing = Promise.withResolvers<string>()
  const first = run(() => failing.promise, forever)
  const gone = new AbortController()
  const second = run(async () => 'never', gone.signal)
  const third = run(async () => 'third', forever)
  gone.abort(new Error('gone'))
  await expect(second).rejects.toThrow('gone')
  failing.reject(new Error('broken'))
  await expect(first).rejects.toThrow('broken')
  expect(await third).toBe('third')
  expect(await run(async () => 'fourth', forever)).toBe('fourth')
})

test('beside a flood of questions the rest are refused with a hint, and what is cheap is answered', async () => {
  const { act, endOne } = work()
  const recall = async () => {
    await act()
    return answersWith().recall({ question: 'tide' }, forever)
  }
  const bulkhead = createBulkhead({ ...room, atOnce: 1, longestWaitMs: 0 })
  const { socket } = await serve(answerInRoom(answersWith({ recall }), bulkhead))
  const ask = () => send(socket, 'POST', '/v1/recall', '{"question":"tide","all":true}')
  const flood = Array.from({ length: 12 }, ask)
  const refused = await Promise.race(flood)
  expect(refused.status).toBe(503)
  expect(refused.body).toMatchObject({
    code: 'daemon.overloaded',
    hint: errorKinds['daemon.overloaded'].hint,
  })
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect((await send(socket, 'GET', '/v1/status')).status).toBe(200)
  expect((await send(socket, 'POST', '/v1/hooks/ask', '{}')).status).not.toBe(503)
  let left = flood.length
  const all = Promise.all(flood.map((one) => one.finally(() => (left -= 1))))
  while (left > 0) {
    endOne()
    await turn()
  }
  expect((await all).filter(({ status }) => status === 200)).toHaveLength(2)
})

test('whoever hears nothing from git for ever is told to stop, and gives the place away though it does not', async () => {
  const { run } = createBulkhead({ ...room, atOnce: 1, longestMs: 20 })
  const told: boolean[] = []
  const deaf = (signal: AbortSignal) =>
    new Promise<string>(() => signal.addEventListener('abort', () => told.push(signal.aborted)))
  const first = run(deaf, forever)
  const second = run(async () => 'second', forever)
  await expect(first).rejects.toMatchObject({ code: 'question.unanswered' })
  expect(await second).toBe('second')
  expect(told).toEqual([true])
})
