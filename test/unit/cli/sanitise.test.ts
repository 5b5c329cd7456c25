import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sanitise } from '../../../contract/plain.ts'
import { safeJson, sanitiseLines } from '../../../cli/sanitise.ts'

const obeyed = /[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029\p{Cs}]/u

test('control characters are shown as what they are', () => {
  expect(sanitise('a\u001b[31mb\u0007\u007f')).toBe('a␛[31mb␇␡')
  expect(sanitise('one\r\ntwo\tthree')).toBe('one␍␊two three')
})

test('what turns or hides writing is shown as unreadable', () => {
  expect(sanitise('\u202Efdp.exe\u2066\u{e0041}\ud800\u009b')).toBe('�fdp.exe����')
})

test('writing of all kinds stays as it is', () => {
  const text = 'naïve 海 Ωμέγα שלום 👩‍👩‍👧 ½ – “x”'
  expect(sanitise(text)).toBe(text)
})

test('lines are kept apart, and each is safe', () => {
  expect(sanitiseLines('a\r\nb\rc\n\td\u001b')).toEqual(['a', 'b', 'c', '  d␛'])
})

test('no text whatsoever gets through', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(sanitise(text)).not.toMatch(obeyed)
    }),
  )
})

test('JSON loses nothing and hides nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = safeJson({ text })
      expect(json).not.toMatch(obeyed)
      expect(JSON.parse(json)).toEqual({ text })
    }),
  )
})
