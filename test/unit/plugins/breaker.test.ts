import { expect, test } from 'vitest'
import { createBreaker } from '../../../plugins/breaker.ts'
import { falseBlocksOf } from '../../../plugins/false-blocks.ts'

function breaking() {
  let now = 1000
  const breaker = createBreaker(() => now)
  return { breaker, pass: (ms: number) => void (now += ms) }
}

test('three failures in a row open it for a minute, and twice as long each time it has not mended', () => {
  const { breaker, pass } = breaking()
  for (let count = 0; count < 2; count += 1) breaker.failed()
  expect(breaker.state()).toBe('closed')
  breaker.failed()
  expect(breaker.state()).toBe('open')
  for (const restMs of [60_000, 120_000, 240_000]) {
    pass(restMs - 1)
    expect(breaker.state()).toBe('open')
    pass(1)
    expect(breaker.state()).toBe('probe')
    breaker.failed()
  }
  pass(480_000)
  breaker.succeeded()
  expect(breaker.state()).toBe('closed')
})

test('five failures of the last twenty open it, though none follows another', () => {
  const { breaker } = breaking()
  for (let count = 0; count < 4; count += 1) {
    breaker.failed()
    breaker.succeeded()
  }
  expect(breaker.state()).toBe('closed')
  breaker.failed()
  expect(breaker.state()).toBe('open')
})

test('failures that lie further back than twenty calls are forgiven', () => {
  const { breaker } = breaking()
  for (let count = 0; count < 4; count += 1) {
    breaker.failed()
    breaker.succeeded()
  }
  for (let count = 0; count < 20; count += 1) breaker.succeeded()
  breaker.failed()
  expect(breaker.state()).toBe('closed')
})

test('a rate is told with how sure it is', () => {
  expect(falseBlocksOf(0, 0, 0)).toMatchObject({ rate: 0, interval: [0, 1] })
  const { rate, interval } = falseBlocksOf(500, 12, 10)
  expect(rate).toBe(0.02)
  expect(interval[0]).toBeCloseTo(0.0109, 3)
  expect(interval[1]).toBeCloseTo(0.0364, 3)
})
