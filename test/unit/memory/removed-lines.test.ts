import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareLines } from '../../../daemon/git/line-changes.ts'
import { changedText } from '../../../plugins/changed-text.ts'

/** Texts of lines that each stand once in a text, and say enough; two of them have some in common. */
const texts = fc
  .tuple(fc.uniqueArray(fc.nat(30)), fc.uniqueArray(fc.nat(30)), fc.boolean(), fc.boolean())
  .map(([one, other, ...ends]) =>
    [one, other].map((numbers, at) => {
      const lines = numbers.toSorted((a, b) => (ends[0] === true ? a - b : 0))
      const text = lines.map((number) => `the tide turned at ${number} today`).join('\n')
      return ends[at] === true ? `${text}\n` : text
    }),
  )

test('what differs is what only one of two texts has, wherever it stands', () => {
  fc.assert(
    fc.property(texts, ([before = '', after = '']) => {
      const [old, now] = [before.split('\n'), after.split('\n')]
      const { gone, fresh } = compareLines(Buffer.from(before), Buffer.from(after))
      const expected = old.flatMap((line, at) => (line === '' || now.includes(line) ? [] : [[line, at + 1]]))
      const told = gone.filter(({ text }) => text !== '').map(({ text, line }) => [text, line])
      expect(told).toEqual(expected)
      expect(fresh.map(({ text }) => text).filter((line) => line !== '')).toEqual(
        now.filter((line) => line !== '' && !old.includes(line)),
      )
    }),
  )
})

test('what is searched for secrets is every line that is new, with its number', () => {
  fc.assert(
    fc.property(texts, ([before = '', after = '']) => {
      const old = before.split('\n')
      const { text, lineOf } = changedText(Buffer.from(after), Buffer.from(before))
      const found = [...text.matchAll(/the tide[^\n\0]*/g)].map(({ 0: line, index }) => [line, lineOf(index)])
      const fresh = after.split('\n').flatMap((line, at) => (old.includes(line) ? [] : [[line, at + 1]]))
      expect(found).toEqual(fresh.filter(([line]) => line !== ''))
    }),
  )
})
