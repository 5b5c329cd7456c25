import { expect, test } from 'vitest'
import { fit, fitPath, widthOf, wrap } from '../../../cli/width.ts'

test('a text is as wide as a terminal shows it', () => {
  expect(widthOf('tide')).toBe(4)
  expect(widthOf('海の潮')).toBe(6)
  expect(widthOf('e\u0301')).toBe(1)
  expect(widthOf('👩‍👩‍👧')).toBe(2)
  expect(widthOf('▰▱●│')).toBe(4)
})

test('what does not fit is cut, between characters', () => {
  expect(fit('when the tide turns', 10)).toBe('when the…')
  expect(fit('海の潮が変わる', 7)).toBe('海の潮…')
  expect(fit('tide', 4)).toBe('tide')
  expect(fit('tide', 0)).toBe('')
})

test('a path keeps its end', () => {
  expect(fitPath('src/water/tide.ts', 10)).toBe('…r/tide.ts')
  expect(fitPath('tide.ts', 10)).toBe('tide.ts')
})

test('words are put into lines', () => {
  expect(wrap('when does the tide turn', 10)).toEqual(['when does', 'the tide', 'turn'])
  expect(wrap('unbreakable-word here', 8)).toEqual(['unbreak…', 'here'])
})
