import { expect, test } from 'vitest'
import { aging, impatient, sharing } from '../../../daemon/sharing.ts'

/** A question whose answers the test gives: each has the number of the asking that it answers. */
function asked() {
  const open: { number: number; end: () => void; fail: (error: Error) => void }[] = []
  let asking = 0
  const ask = () =>
    new Promise<number>((resolve, reject) => {
      const number = ++asking
      open.push({ number, end: () => resolve(number), fail: reject })
    })
  return { open, ask, next: async () => (await until(() => open.length > 0), open.shift()) }
}

test('who asks while an answer is on its way gets the next one, which all who wait share', async () => {
  const { ask, next } = asked()
  const share = sharing(ask, 0)
  const first = share()
  const others = [share(), share(), share()]
  ;(await next())?.end()
  expect(await first).toBe(1)
  const second = await next()
  const late = share()
  second?.end()
  expect(await Promise.all(others)).toEqual([2, 2, 2])
  ;(await next())?.end()
  expect(await late).toBe(3)
})

test('a failure is told to those who shared the question, and the next one is asked again', async () => {
  const { ask, next } = asked()
  const share = sharing(ask, 0)
  const first = share()
  const second = share()
  ;(await next())?.fail(new Error('no'))
  await expect(first).rejects.toThrow('no')
  ;(await next())?.end()
  expect(await second).toBe(2)
})

test('questions begin no closer to each other than they may, and none is forgotten', async () => {
  const beginnings: number[] = []
  const share = sharing(async () => beginnings.push(performance.now()), 20)
  const first = performance.now()
  for (let count = 0; count < 5; count++) await share()
  expect(beginnings).toHaveLength(5)
  for (const [index, at] of beginnings.entries()) expect(at - first).toBeGreaterThanOrEqual(20 * index)
})

test('an answer is given again until it is too old; a failure is not', async () => {
  let asking = 0
  const ask = aging(async () => {
    asking += 1
    if (asking === 1) throw new Error('no')
    return asking
  }, 3_600_000)
  await expect(ask()).rejects.toThrow('no')
  expect([await ask(), await ask()]).toEqual([2, 2])
  const never = aging(async () => ++asking, 0)
  expect([await never(), await never()]).toEqual([3, 4])
})

test('an answer that is on its way is waited for by all, however old the last one is', async () => {
  const { ask, open, next } = asked()
  const age = aging(ask, 0)
  const both = [age(), age()]
  expect(open).toHaveLength(1)
  ;(await next())?.end()
  expect(await Promise.all(both)).toEqual([1, 1])
})

test('who is impatient gets the last answer, and the next once it is there', async () => {
  const { ask, next } = asked()
  const impatiently = impatient(ask, 1)
  const first = impatiently()
  ;(await next())?.end()
  expect(await first).toBe(1)
  expect(await impatiently()).toBe(1)
  ;(await next())?.end()
  await new Promise((resolve) => void setImmediate(resolve))
  expect(await impatiently()).toBe(2)
  // It is told to nobody, and would end the process if it were.
  ;(await next())?.fail(new Error('late'))
  const third = impatiently()
  ;(await next())?.fail(new Error('in time'))
  await expect(third).rejects.toThrow('in time')
})

async function until(test: () => boolean): Promise<void> {
  while (!test()) await new Promise((resolve) => void setImmediate(resolve))
}
