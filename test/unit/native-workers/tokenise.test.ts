import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashOf } from '../../../native-workers/ascii-words.ts'
import { distinctTerms, termsOf, tokenise } from '../../../native-workers/tokenise.ts'

test.each([
  ['The tide turns at noon.', 'the tide turns at noon'],
  ['readFile', 'read file readfile'],
  ['HTTPServer getURL', 'http server httpserver get url geturl'],
  ['read_file __init__ MAX_SIZE', 'read file read_file init max size max_size'],
  ['max-width --all a-b n-1 a->b rebase--interactive', 'max width max-width all a-b rebase interactive'],
  [
    'utf8 base64Encode sha256sum int32_t x264Encoder',
    'utf8 base64 encode base64encode sha256sum int32 int32_t x264 encoder x264encoder',
  ],
  ['i = j + 1;', ''],
  ['foo(bar)[baz]{qux}', 'foo bar baz qux'],
  ['src/main.c:42', 'src main 42'],
  ['"don\'t"', 'don'],
  ['1984 20240101 123456789', '1984 20240101'],
  ['cafe café CAFÉ naïveFoo', 'cafe cafe cafe naive foo naivefoo'],
  ['ﬁne ＡＢＣ', 'fine abc'],
  ['кофеМашина ФАЙЛ_лога йод', 'кофе машина кофемашина файл лога файл_лога йод'],
  ['άλφα ΟΔΟΣ', 'άλφα οδος'],
  ['Größe straße', 'große straße'],
  ['日本語 テスト 木', '日本 本語 テス スト 木'],
  ['한국어 git을', '한국 국어 git 을'],
  ['ภาษา', 'ภา าษ ษา'],
  ['utf8を使う', 'utf8 を使 使う'],
  ['“quoted”—dash 😀 … x', 'quoted dash'],
])('the terms of %s are %s', (text, terms) => {
  expect(termsOf(text).join(' ')).toBe(terms)
})

test.each([
  ['a commit', '8c3f0c5e71d2b9461f0a9be37750cc41a2d3e4f5'],
  ['half a commit', '8c3f0c5e71d2b946'],
  ['base64', 'MIIEpAIBAAKCAQEAx3Jk9fZ7Gh8WqTtY2pLmN4vB6cD0eF1gH2iJ3kL4'],
  ['a number', '31415926535897'],
  ['a word without end', 'tide'.repeat(20)],
  ['an id of a change', 'I8473b95934b5732ac55d26311a706c9c2bde9940'],
])('%s has no terms', (_name, text) => {
  expect(termsOf(`- ${text} -`)).toEqual([])
})

test('a long name keeps its parts, and a very long one is no term as a whole', () => {
  expect(termsOf('the_tide_turns_at_noon_and_again_at_midnight_every_day')).toEqual(
    'the tide turns at noon and again at midnight every day'.split(' '),
  )
})

test('terms come in order and as often as they occur; distinct terms once', () => {
  expect(termsOf('tide moon tide')).toEqual(['tide', 'moon', 'tide'])
  expect(distinctTerms('tide moon tide')).toEqual(['tide', 'moon'])
})

const texts = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      'a',
      'B',
      'c',
      'Z',
      '7',
      '_',
      '-',
      ' ',
      '.',
      'é',
      'И',
      '日',
      'ー',
      'ß',
      'İ',
      '́',
      '½',
      'ﷺ',
      '\ud83d',
      '😀',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 300,
})

test('a term is in lower case, without spaces and not long, whatever the text', () => {
  fc.assert(
    fc.property(texts, (text) => {
      for (const term of termsOf(text)) {
        expect(term).toBe(term.toLowerCase())
        expect(term).toMatch(/^[\p{L}\p{M}\p{N}_\-ー]{1,40}$/u)
      }
    }),
  )
})

test('a term is found again by its own name', () => {
  fc.assert(
    fc.property(texts, (text) => {
      for (const term of termsOf(text)) expect(termsOf(term)).toContain(term)
    }),
  )
})

test('texts that a space divides have the terms of both', () => {
  fc.assert(
    fc.property(texts, texts, (one, two) => {
      expect(termsOf(`${one} ${two}`)).toEqual([...termsOf(one), ...termsOf(two)])
    }),
  )
})

test('a term has one hash, however it is written', () => {
  fc.assert(
    fc.property(texts, (text) => {
      tokenise(text, (source, from, to, hash) => {
        expect(hash).toBe(hashOf(source.slice(from, to).toLowerCase()))
      })
    }),
  )
})

test.each(['a', 'A', 'aB', 'a_', 'a-', '-', '_', '9', 'é', 'é_', 'é-', '日', '\u0301', '\ud83d', 'İ'])(
  'a megabyte of %s is read',
  (unit) => {
    expect(Array.isArray(termsOf(unit.repeat(2 ** 20 / unit.length)))).toBe(true)
  },
)
