import fc from 'fast-check'
import { expect, test } from 'vitest'
import { weightOf } from '../../../daemon/bus/json-value.ts'
import { applyPatch, BadPatch } from '../../../daemon/bus/patch.ts'

const everything = ['', '/a', '/list', '/b', '/~1', '/m~0n', '/z']
const value = { a: 1, list: [1, 2, 3], b: { c: 'x' }, '/': 'slash', 'm~n': 'tilde' }

test.each([
  [{ op: 'add', path: '/z', value: null }, { z: null }],
  [{ op: 'add', path: '/list/0', value: 0 }, { list: [0, 1, 2, 3] }],
  [{ op: 'add', path: '/list/3', value: 4 }, { list: [1, 2, 3, 4] }],
  [{ op: 'add', path: '/list/-', value: 4 }, { list: [1, 2, 3, 4] }],
  [{ op: 'replace', path: '/list/1', value: 9 }, { list: [1, 9, 3] }],
  [{ op: 'replace', path: '/~1', value: 's' }, { '/': 's' }],
  [{ op: 'replace', path: '/m~0n', value: 't' }, { 'm~n': 't' }],
  [{ op: 'remove', path: '/list/0' }, { list: [2, 3] }],
  [{ op: 'move', from: '/list/0', path: '/list/2' }, { list: [2, 3, 1] }],
  [{ op: 'copy', from: '/b', path: '/z' }, { z: { c: 'x' } }],
  [{ op: 'test', path: '/b', value: { c: 'x' } }, {}],
])('%j does what RFC 6902 says', (operation, changed) => {
  expect(applyPatch(value, [operation], everything)).toEqual({ ...value, ...changed })
  expect(value.list).toEqual([1, 2, 3])
})

test.each([
  ['no object', 7],
  ['no operation', { op: 'merge', path: '/a', value: 1 }],
  ['no path', { op: 'add', value: 1 }],
  ['no value', { op: 'add', path: '/a' }],
  ['no from', { op: 'move', path: '/a' }],
  ['nothing to replace', { op: 'replace', path: '/z', value: 1 }],
  ['nothing to remove', { op: 'remove', path: '/z' }],
  ['nothing to copy', { op: 'copy', from: '/q', path: '/z' }],
  ['past the end of a list', { op: 'add', path: '/list/4', value: 1 }],
  ['a place with a leading zero', { op: 'replace', path: '/list/01', value: 1 }],
  ['a place that is no number', { op: 'add', path: '/list/length', value: 1 }],
  ['a member of a text', { op: 'add', path: '/b/c/d', value: 1 }],
  ['into itself', { op: 'move', from: '/b', path: '/b/c' }],
  ['a test that fails', { op: 'test', path: '/a', value: 2 }],
  ['no pointer', { op: 'add', path: 'a', value: 1 }],
  ['a wrong escape', { op: 'add', path: '/b/~2', value: 1 }],
  ['out of reach', { op: 'replace', path: '/x', value: 1 }],
  ['beside what is in reach', { op: 'add', path: '/abc', value: 1 }],
  ['what JSON cannot say', { op: 'add', path: '/z', value: () => 1 }],
  ['no number', { op: 'add', path: '/z', value: Number.NaN }],
  ['an object with a prototype', { op: 'add', path: '/z', value: new Date() }],
  ['a prototype among the members', { op: 'add', path: '/z', value: JSON.parse('{"__proto__": {"a": 1}}') }],
])('a patch with %s is refused', (_what, operation) => {
  expect(() => applyPatch(value, [operation], everything.slice(1))).toThrow(BadPatch)
})

test('the whole and what is moved away are in reach only if they are named', () => {
  expect(() => applyPatch(value, [{ op: 'replace', path: '', value: {} }], ['/a'])).toThrow(
    /not to be changed/,
  )
  expect(() => applyPatch(value, [{ op: 'move', from: '/b', path: '/a' }], ['/a'])).toThrow(
    /not to be changed/,
  )
  expect(applyPatch(value, [{ op: 'copy', from: '/b', path: '/a' }], ['/a'])).toMatchObject({ a: { c: 'x' } })
})

test('what doubles at every step, or is copied often, ends before the memory does', () => {
  const doubling = Array.from({ length: 60 }, () => ({ op: 'copy', from: '/a', path: '/a/-' }))
  expect(() => applyPatch({ a: [] }, doubling, ['/a'])).toThrow(/too large/)
  const long = { a: 'x'.repeat(100_000), b: {} }
  const copies = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ op: 'copy', from: '/a', path: `/b/${index}` }))
  expect(applyPatch(long, copies(10), ['/b'])).toHaveProperty('b.9')
  expect(() => applyPatch(long, copies(50), ['/b'])).toThrow(/too large/)
})

test('a value without an end is refused', () => {
  const loop: Record<string, unknown> = {}
  loop['loop'] = loop
  expect(weightOf(loop, 1_000_000)).toBeUndefined()
  expect(weightOf([loop, 1n], 1_000_000)).toBeUndefined()
})

test('no patch reaches a prototype, whatever its pointers and values', () => {
  const name = fc.constantFrom('__proto__', 'constructor', 'prototype', 'a', 'b', '0', '-', '', 'toString')
  const pointer = fc.array(name, { maxLength: 4 }).map((names) => names.map((each) => `/${each}`).join(''))
  const content = fc.constantFrom<unknown>(
    1,
    { a: [] },
    JSON.parse('{"__proto__": {"polluted": true}}'),
    JSON.parse('{"constructor": {"prototype": {"polluted": true}}}'),
  )
  const op = fc.constantFrom('add', 'replace', 'remove', 'move', 'copy', 'test')
  const operation = fc.record({ op, path: pointer, from: pointer, value: content })
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 6 }), (patch) => {
      const before = { a: { b: [1, { a: 2 }] }, b: {} }
      const after = attempt(() => applyPatch(before, patch, ['', '/a', '/b']))
      expect(before).toEqual({ a: { b: [1, { a: 2 }] }, b: {} })
      expect(Reflect.get({}, 'polluted')).toBeUndefined()
      expect(Reflect.get(() => {}, 'polluted')).toBeUndefined()
      expect(Object.keys(Object.prototype)).toEqual([])
      expect(weightOf(after, 1_000_000)).toBeDefined()
    }),
    { numRuns: 2000 },
  )
})

/** Returns what was made; nothing when the patch was refused, and fails when it failed in another way. */
function attempt(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof BadPatch)) throw error
    return null
  }
}
