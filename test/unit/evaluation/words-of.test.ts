import { expect, test } from 'vitest'
import { wordsOf } from '../../../daemon/evaluation/words-of.ts'

test('words of a subject are what stands between spaces, or are found where there are none', () => {
  expect(wordsOf('Trim the sails, twice')).toEqual(['Trim', 'the', 'sails,', 'twice'])
  expect(wordsOf('Исправить разбор строки')).toEqual(['Исправить', 'разбор', 'строки'])
  const words = wordsOf('修复字符串解析中的缓冲区溢出')
  expect(words.length).toBeGreaterThanOrEqual(4)
  expect(words.join('')).toBe('修复字符串解析中的缓冲区溢出')
})
