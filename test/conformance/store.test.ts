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
