import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toFloat16 } from '../../../daemon/store/float16.ts'

test('numbers keep three digits, and their sign', () => {
  const numbers = fc.oneof(
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.double({ min: -60_000, max: 60_000, noNaN: true }),
  )
  fc.assert(
    fc.property(numbers, (number) => {
      expect(Math.abs(roundTrip(number) - number)).toBeLessThanOrEqual(
        Math.max(2 ** -24, Math.abs(number) / 2048),
      )
    }),
  )
})

test.each([
  [0, 0],
  [1, 1],
  [-0.5, -0.5],
  [65_504, 65_504],
  [1e9, 65_504],
  [-1e9, -65_504],
  [1e-12, 0],
  [2 ** -24, 2 ** -24],
])('%d becomes %d', (number, half) => {
  expect(roundTrip(number)).toBe(half)
})

function roundTrip(number: number): number {
  const bits = new Uint16Array(2)
  toFloat16(Float32Array.of(number), bits, 1)
  const [, word = 0] = bits
  const [sign, exponent, fraction] = [word >> 15 ? -1 : 1, (word >> 10) & 31, word & 1023]
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
