import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { createArrayStore } from '../../daemon/store/array-store.ts'
import { openLanceStore } from '../../daemon/store/lance-store.ts'
import { describeStore } from './store.ts'
import { dimensions } from './store-rows.ts'

describeStore('on disk', () =>
  openLanceStore(mkdtempSync(join(tmpdir(), 'store-')), {
    embedder: 'test',
    dimensions,
    graceMs: 0,
    now: Date.now,
    onHealed: (detail) => expect.fail(`Something was mended that nobody broke: ${detail}`),
  }),
)

describeStore('in memory', async () => createArrayStore({ embedder: 'test', dimensions }))
