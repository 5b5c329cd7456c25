import { expect, test } from 'vitest'
import { parseManifest } from '../../../plugins/manifest.ts'
import { orderPlugins } from '../../../plugins/order.ts'
import { isInRange, isRange, isVersion } from '../../../plugins/version.ts'
import { manifest } from './workshop.ts'

function plugin(id: string, dependencies: Record<string, string> = {}, version = '1.0.0') {
  return parseManifest(JSON.stringify(manifest(id, { dependencies, version })), 'plugin.json')
}

function order(...plugins: ReturnType<typeof plugin>[]) {
  const { ordered, refused } = orderPlugins(plugins, '0.1.0')
  const problems = Object.fromEntries([...refused].map(([id, { message }]) => [id, message]))
  return { ordered: ordered.map(({ id }) => id), problems }
}

test('a plugin is loaded after those it needs', () => {
  const top = plugin('top', { middle: '^1' })
  expect(order(top, plugin('middle', { base: '*' }), plugin('base')).ordered).toEqual([
    'base',
    'middle',
    'top',
  ])
})

test('a dependency that is not there is named', () => {
  expect(order(plugin('top', { base: '^1' })).problems).toEqual({
    top: 'top needs base ^1, which is not there.',
  })
})

test('a dependency of another version is named with the version that is there', () => {
  expect(order(plugin('top', { base: '^2' }), plugin('base')).problems).toEqual({
    top: 'top needs base ^2, and 1.0.0 is there.',
  })
})

test('what needs something that does not work is refused too', () => {
  const { ordered, problems } = order(
    plugin('top', { middle: '*' }),
    plugin('middle', { base: '*' }),
    plugin('free'),
  )
  expect(ordered).toEqual(['free'])
  expect(Object.keys(problems).toSorted()).toEqual(['middle', 'top'])
})

test('a circle is named as it goes round, and those beside it work', () => {
  const { ordered, problems } = order(
    plugin('one', { two: '*' }),
    plugin('two', { three: '*' }),
    plugin('three', { one: '*' }),
    plugin('free'),
  )
  expect(ordered).toEqual(['free'])
  expect(problems['two']).toBe('These plugins need each other: one → two → three → one.')
})

test('a plugin that needs itself is a circle', () => {
  expect(order(plugin('one', { one: '*' })).problems).toEqual({
    one: 'These plugins need each other: one → one.',
  })
})

test('a plugin for another aios is refused', () => {
  const newer = parseManifest(JSON.stringify(manifest('newer', { engines: { aios: '^2' } })), 'plugin.json')
  expect(orderPlugins([newer], '0.1.0').refused.get('newer')?.message).toBe(
    'newer needs aios ^2; this is 0.1.0.',
  )
})

test.each([
  ['1.2.3', '^1.2', true],
  ['2.0.0', '^1.2', false],
  ['0.2.5', '^0.2.3', true],
  ['0.3.0', '^0.2.3', false],
  ['0.0.4', '^0.0.3', false],
  ['1.2.9', '~1.2.3', true],
  ['1.3.0', '~1.2.3', false],
  ['1.9.0', '1.x', true],
  ['1.2.3', '1', true],
  ['2.0.0', '>=1 <2 || ^2.0.0', true],
  ['1.2.3', '> 1.2', false],
  ['1.3.0', '>1.2', true],
  ['1.2.9', '<=1.2', true],
  ['1.0.0-beta.1', '^1.0.0-alpha', true],
  ['1.0.0-beta.1', '>=0.1', false],
  ['1.0.0', '*', true],
  ['1.0.0', '', true],
])('%s in %s: %s', (version, range, isIn) => {
  expect(isInRange(version, range)).toBe(isIn)
})

test.each(['newest', '1.2.3.4', '^^1', '>', '1 - 2', 'a'.repeat(200)])('%s is no range', (range) => {
  expect(isRange(range)).toBe(false)
})

test.each(['1', '1.2', 'v1.2.3', '01.2.3', '1.2.3-'])('%s is no version', (version) => {
  expect(isVersion(version)).toBe(false)
})
