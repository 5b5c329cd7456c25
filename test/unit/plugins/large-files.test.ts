import { join } from 'node:path'
import { expect, test } from 'vitest'
import { forever, openWorkshop, staged } from './workshop.ts'

const folder = join(import.meta.dirname, '../../../plugins/bundled/large-files')

test('the bundled plugin does what its own events expect', async () => {
  const { events, isPassed } = await openWorkshop().plugins.test({ path: folder }, forever)

  expect(events.map(({ source, isExpected }) => [source, isExpected])).toEqual([
    ['events/large.json', true],
    ['events/small.json', true],
    ['events/very-large.json', true],
  ])
  expect(isPassed).toBe(true)
})

test('it runs without approval, and its limits can be set', async () => {
  const places = () => [{ origin: 'bundled' as const, repository: '', path: join(folder, '..') }]
  const { plugins, bus } = openWorkshop({}, { places })
  const config = { mostBytes: 1000, warnBytes: 100, allow: ['assets/'] }
  await plugins.enable({ plugin: 'large-files', mode: 'enforce', anyway: true, config })
  const decide = async (path: string, size: number) =>
    (await bus.run('pre-commit', staged(path, size), forever)).decision

  expect(await decide('tide.bin', 2000)).toBe('deny')
  expect(await decide('tide.bin', 500)).toBe('allow')
  expect(await decide('assets/tide.bin', 2000)).toBe('allow')
})
