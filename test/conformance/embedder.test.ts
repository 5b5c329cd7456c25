import { afterAll } from 'vitest'
import { createInlineEmbedder } from '../../daemon/embedder/inline.ts'
import { createLearnedEmbedder } from '../../daemon/embedder/learned.ts'
import { createWorkers } from '../../native-workers/supervisor.ts'
import { describeEmbedder } from './embedder.ts'

const workers = createWorkers({
  entry: new URL('../../native-workers/main.ts', import.meta.url),
  onRestarted: (reason) => {
    throw new Error(`The workers were restarted: ${reason}.`)
  },
})
afterAll(() => workers.close())

describeEmbedder('the inline embedder', async () => createInlineEmbedder({ dimensions: 128, seed: 1 }))
describeEmbedder('the learned embedder', async () =>
  createLearnedEmbedder({ workers, dimensions: 128, seed: 1 }),
)
describeEmbedder('the learned embedder, doing nothing in the daemon', async () => ({
  ...createLearnedEmbedder({ workers, dimensions: 128, seed: 1 }),
  digest: (batch, signal) => workers.digest(batch, { dimensions: 128, seed: 1 }, signal),
}))
