import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { createOidIndex } from '../../../daemon/store/oid-index.ts'

const oidOf = (name: number, hash = 'sha1') => createHash(hash).update(String(name)).digest('hex')

test.each(['sha1', 'sha256'])('ten thousand commits of a %s repository are told apart', (hash) => {
  const index = createOidIndex()
  const numbers = Array.from({ length: 10_000 }, (_, number) => number)
  for (const number of numbers) index.set(oidOf(number, hash), number)
  expect(index.size).toBe(10_000)
  expect(numbers.filter((number) => index.numberOf(oidOf(number, hash)) !== number)).toEqual([])
  expect(numbers.filter((number) => index.oidOf(number) !== oidOf(number, hash))).toEqual([])
  expect(index.oids()).toEqual(numbers.map((number) => oidOf(number, hash)))
})

test('a commit that is set again has its new number only', () => {
  const index = createOidIndex()
  index.set(oidOf(1), 0)
  index.set(oidOf(1), 7)
  expect(index.numberOf(oidOf(1))).toBe(7)
  expect(index.oidOf(0)).toBeUndefined()
  expect(index.oidOf(7)).toBe(oidOf(1))
  expect(index.size).toBe(1)
  expect(index.next).toBe(8)
})

test('what is unknown, reserved or no oid is nobody', () => {
  const index = createOidIndex()
  index.reserve(41)
  expect(index.next).toBe(42)
  index.set(oidOf(1), 42)
  expect([index.oidOf(41), index.oidOf(43), index.oidOf(1e9)]).toEqual([undefined, undefined, undefined])
  expect([index.numberOf(oidOf(2)), index.numberOf('abc'), index.numberOf('')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(() => index.set('main', 1)).toThrow('main')
})

test('oids that begin alike are told apart as fast as any', () => {
  const index = createOidIndex()
  const oids = Array.from({ length: 50_000 }, (_, number) => number.toString(16).padStart(40, '0'))
  for (const [number, oid] of oids.entries()) index.set(oid, number)
  expect(oids.every((oid, number) => index.numberOf(oid) === number)).toBe(true)
})
