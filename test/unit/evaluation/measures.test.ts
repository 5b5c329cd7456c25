import { expect, test } from 'vitest'
import { auroc, intervalsOf, measure } from '../../../daemon/evaluation/measures.ts'

test('places become shares and a mean of reciprocals', () => {
  // First, second, not found, eleventh.
  expect(measure([1, 2, 0, 11])).toEqual({ r1: 1 / 4, r10: 2 / 4, mrr: (1 + 1 / 2 + 0 + 1 / 11) / 4 })
  expect(measure([10])).toEqual({ r1: 0, r10: 1, mrr: 1 / 10 })
  expect(measure([])).toBeUndefined()
})

test('the area under the curve counts pairs that stand in the right order, and half of those that tie', () => {
  // 0.9 is above both, 0.4 below the one and equal to the other: two and a half of four pairs.
  expect(auroc([0.9, 0.4], [0.5, 0.4])).toBe(2.5 / 4)
  expect(auroc([1, 1], [0, 0])).toBe(1)
  expect(auroc([0], [1, 1, 1])).toBe(0)
  expect(auroc([0.5, 0.5], [0.5])).toBe(0.5)
  expect(auroc([], [1])).toBeUndefined()
})

test('an interval holds the middle 95 % of what resampling gives', () => {
  // Of one answer that stands first and one that is not found, a quarter of the resamples is all of the one.
  expect(intervalsOf([1, 0], 1)).toEqual({ r1: [0, 1], r10: [0, 1], mrr: [0, 1] })
  expect(intervalsOf([2, 2, 2], 1)).toEqual({ r1: [0, 0], r10: [1, 1], mrr: [0.5, 0.5] })
  expect(intervalsOf([], 1).mrr).toEqual([0, 0])
  // The mean of 400 coins is 0.5 with a deviation of 0.025; twice that to each side.
  const coins = Array.from({ length: 400 }, (_, index) => index % 2)
  const [low, high] = intervalsOf(coins, 1).mrr
  expect(low).toBeCloseTo(0.451, 2)
  expect(high).toBeCloseTo(0.549, 2)
})

test('the same seed gives the same interval, and another one another', () => {
  const places = Array.from({ length: 60 }, (_, index) => index % 7)
  expect(intervalsOf(places, 1)).toEqual(intervalsOf(places, 1))
  expect(intervalsOf(places, 1)).not.toEqual(intervalsOf(places, 2))
})
