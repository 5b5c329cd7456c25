import { expect, test } from 'vitest'
import { createRateLimiter, type Rates } from '../../../daemon/guard/rate.ts'

const rate = { burst: 2, perSecond: 1 }
const rates: Rates = { cheap: rate, search: rate, heavy: { burst: 1, perSecond: 0.1 }, stranger: rate }

function limited() {
  let at = 0
  const limiter = createRateLimiter(rates, () => at)
  return { limiter, pass: (seconds: number) => void (at += seconds * 1000) }
}

test('a caller has what was saved up, then what each second brings', () => {
  const { limiter, pass } = limited()
  expect([1, 2, 3].map(() => limiter.take('ada', 'cheap'))).toEqual([0, 0, 1])
  pass(0.5)
  expect(limiter.take('ada', 'cheap')).toBe(0.5)
  pass(0.5)
  expect(limiter.take('ada', 'cheap')).toBe(0)
  pass(3600)
  expect([1, 2, 3].map(() => limiter.take('ada', 'cheap'))).toEqual([0, 0, 1])
})

test('one caller, and one cost class, takes nothing from another', () => {
  const { limiter } = limited()
  expect(limiter.take('ada', 'heavy')).toBe(0)
  expect(limiter.take('ada', 'heavy')).toBe(10)
  expect(limiter.take('ada', 'search')).toBe(0)
  expect(limiter.take('bob', 'heavy')).toBe(0)
})

test('whoever comes under ever new names does not fill the memory', () => {
  const { limiter } = limited()
  limiter.take('first', 'heavy')
  for (let index = 0; index < 10_000; index++) limiter.take(`name-${index}`, 'heavy')
  expect(limiter.take('name-9999', 'heavy')).toBe(10)
  expect(limiter.take('first', 'heavy')).toBe(0)
})

test('a clock that is set back takes nothing away', () => {
  const { limiter, pass } = limited()
  limiter.take('ada', 'cheap')
  pass(-7200)
  expect(limiter.take('ada', 'cheap')).toBe(0)
  pass(1)
  expect(limiter.take('ada', 'cheap')).toBe(0)
})
