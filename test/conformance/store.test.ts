import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createArrayStore } from '../../daemon/store/array-store.ts'
import { openLanceStore } from '../../daemon/store/lance-store.ts'
import { describeStore } from './store.ts'
import { detailRow, dimensions, episodeRow, oidOf, passageRow } from './store-rows.ts'

const openOnDisk = () =>
  openLanceStore(mkdtempSync(join(tmpdir(), 'store-')), {
    embedder: 'test',
    dimensions,
    graceMs: 0,
    now: Date.now,
    onHealed: (detail) => expect.fail(`Something was mended that nobody broke: ${detail}`),
  })

describeStore('on disk', openOnDisk)

describeStore('in memory', async () => createArrayStore({ embedder: 'test', dimensions }))

test('on disk, changed lines and paths are found by words with other endings, and names as they are', async () => {
  const store = await openOnDisk()
  const changes = [{ path: 'src/crashes.ts', status: 'modified' as const }]
  await store.putEpisodes([episodeRow('a', { changes })])
  await store.putDetails([detailRow('a')], [passageRow('a', 0, { terms: 'crashed strbuf_resize x->y' })])
  for (const word of ['crash', 'crashing', 'strbuf_resize', 'x->y'])
    expect(await store.searchText('terms', word, 10)).toMatchObject([{ oid: oidOf('a') }])
  expect(await store.searchText('terms', 'resize', 10)).toEqual([])
  expect(await store.searchText('paths', 'crashing', 10)).toMatchObject([{ oid: oidOf('a') }])
  await store.close()
})

/** Returns letters that no compression makes shorter by much. */
function noise(length: number): string {
  return Array.from({ length: length / 40 }, (_, index) => oidOf(index)).join('')
}

test('on disk, a commit of ten thousand files and a message as long as a book are kept among others', async () => {
  const store = await openOnDisk()
  const paths = Array.from({ length: 10_000 }, (_, index) => oidOf(`file ${index}`))
  const changes = paths.map((path) => ({ path, status: 'added' as const }))
  const message = `import\n\n${noise(1_000_000)}\n`
  await store.putEpisodes([episodeRow('a'), episodeRow('b', { changes, message }), episodeRow('c')])
  const counts = paths.map((path) => ({ path, additions: 1, deletions: 0, binary: false }))
  await store.putDetails([detailRow('b', { counts })], [passageRow('b', 0, { terms: noise(100_000) })])
  await store.optimize()
  const [row] = await store.episodes([oidOf('b')])
  expect(row).toMatchObject({ message, changes: { length: 10_000 } })
  expect((await store.details([oidOf('b')]))[0]?.counts).toHaveLength(10_000)
  await store.close()
})
