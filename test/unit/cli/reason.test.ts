import { expect, test } from 'vitest'
import { reasonLines } from '../../../cli/reason.ts'

test('paragraphs flow, lists stay lists, and trailers and rules are left out', () => {
  const message = 'It was\nslow.\n\n* one\n  goes on\n* two\n---------\nCo-authored-by: Ada <a@b>\nAnd more.'
  expect(reasonLines(message, 60)).toEqual(['It was slow.', '* one goes on', '* two', 'And more.'])
  expect(reasonLines('', 60)).toEqual([])
})

test('a long list is shown by its first lines', () => {
  const message = Array.from({ length: 20 }, (_nothing, number) => `* step ${number}`).join('\n')
  expect(reasonLines(message, 60)).toEqual(['* step 0', '* step 1', '* step 2'])
})
