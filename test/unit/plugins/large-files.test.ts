import { join } from 'node:path'
import { expect, test } from 'vitest'
import { forever, openWorkshop, staged } from './workshop.ts'

const folder = join(import.meta.dirname, '../../../plugins/bundled/large-files')

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
