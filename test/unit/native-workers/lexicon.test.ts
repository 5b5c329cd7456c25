import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashOf } from '../../../native-workers/ascii-words.ts'
import { createLexicon } from '../../../native-workers/lexicon.ts'

const terms = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '_', 'é'), minLength: 1, maxLength: 6 }))

test('each term has one number, and each number its term', () => {
  fc.assert(
    fc.property(terms, (words) => {
      const lexicon = createLexicon(1_024)
      const numbers = words.map((word) => lexicon.numberOf(word, 0, word.length, hashOf(word)))
      expect(numbers.map((number) => lexicon.termOf(number))).toEqual(words)
      expect(lexicon.size).toBe(new Set(words).size)
    }),
  )
})

test('terms whose hashes are all the same are told apart', () => {
  const lexicon = createLexicon(1_024)
  const words = Array.from({ length: 500 }, (_, at) => `tide${at}`)
  const number = (word: string) => lexicon.numberOf(word, 0, word.length, 7)
  const numbers = words.map(number)

  expect(words.map(number)).toEqual(numbers)
  expect(numbers.map((at) => lexicon.termOf(at))).toEqual(words)
  expect(numbers.map((at) => lexicon.hashOf(at))).toEqual(words.map(() => 7))
})

test('a term is the same in any case, and a part of a text as good as a text', () => {
  const lexicon = createLexicon(16)
  expect(lexicon.numberOf('TIDE', 0, 4, 1)).toBe(lexicon.numberOf('the Tide turns', 4, 8, 1))
})
