import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openToken } from '../../../daemon/guard/token.ts'

const place = () => join(mkdtempSync(join(tmpdir(), 'token-')), 'token')
const read = (file: string) => readFileSync(file, 'utf8').trim()

test('a token has 256 bits, is its owner’s alone, and is made once', () => {
  const file = place()
  expect(openToken(file).matches(read(file))).toBe(true)
  const first = read(file)
  expect(Buffer.from(first, 'base64url')).toHaveLength(32)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(openToken(file).matches(first)).toBe(true)
  expect(readdirSync(join(file, '..'))).toEqual(['token'])
})

test.each(['', 'x', ' ', '\0', 'x'.repeat(43), 'x'.repeat(100_000)])('%j is not the token', (text) => {
  expect(openToken(place()).matches(text)).toBe(false)
})

test('rotating ends the old token and leaves the new one in the file', () => {
  const file = place()
  const token = openToken(file)
  const old = read(file)
  token.rotate()
  expect([token.matches(old), token.matches(read(file))]).toEqual([false, true])
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a token that others could have read, or that is none, is replaced', () => {
  const file = place()
  openToken(file)
  const old = read(file)
  chmodSync(file, 0o644)
  expect(openToken(file).matches(old)).toBe(false)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  writeFileSync(file, 'short\n')
  expect(openToken(file).matches('short')).toBe(false)
})

test('a link in the place of the token is replaced, and what it leads to stays', () => {
  const file = place()
  const elsewhere = `${file}-elsewhere`
  writeFileSync(elsewhere, `${'x'.repeat(43)}\n`, { mode: 0o600 })
  symlinkSync(elsewhere, file)
  expect(openToken(file).matches('x'.repeat(43))).toBe(false)
  expect(read(elsewhere)).toBe('x'.repeat(43))
})
