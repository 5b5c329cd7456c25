import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createSecretSearch, type SecretSearch } from '../../../native-workers/secret-search.ts'

const forever = new AbortController().signal

function open(tasks: URL): SecretSearch {
  const search = createSecretSearch(tasks)
  onTestFinished(() => search.close())
  return search
}

test('secrets are found by what they look like, and by the name of their file', async () => {
  const search = open(new URL('../../../native-workers/secret-tasks.ts', import.meta.url))
  const text = `store = 'postgres://ada:q8Zr4vT1xN@db.tides.net/logbook'\n`
  const [found] = await search.find({ text, fileName: undefined }, forever)
  expect(found).toMatchObject({ kind: 'database-connection-string', from: text.indexOf('postgres') })

  const npmrc = { text: `//registry.tides.net/:_authToken=${'k9'.repeat(18)}\n`, fileName: '.npmrc' }
  expect(await search.find({ ...npmrc, fileName: undefined }, forever)).toEqual([])
  expect((await search.find(npmrc, forever)).map(({ kind }) => kind)).toContain('npm')
})

test('a search that never ends is ended by who gave up on it, and the next one is served', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'search-')), 'tasks.mjs')
  writeFileSync(path, `export default ({ text }) => { while (text === 'hangs'); return [] }`)
  const search = open(pathToFileURL(path))
  const leaving = new AbortController()
  const hanging = search.find({ text: 'hangs', fileName: undefined }, leaving.signal)
  setTimeout(() => leaving.abort(), 300)

  await expect(hanging).rejects.toThrow('abort')
  expect(await search.find({ text: 'calm', fileName: undefined }, forever)).toEqual([])
})
