import { afterAll } from 'vitest'
import { createInlineEmbedder } from '../../daemon/embedder/inline.ts'
import { createLearnedEmbedder, createTrainedEmbedder } from '../../daemon/embedder/learned.ts'
import { createWorkers } from '../../native-workers/supervisor.ts'
import { describeEmbedder } from './embedder.ts'
import { learnSomething } from './trained.ts'

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

const { place, weights } = await learnSomething()
const settings = { dimensions: 128, seed: 1 }
describeEmbedder('the trained embedder', async () =>
  createTrainedEmbedder({ workers, ...settings }, place, weights),
)
describeEmbedder('the trained embedder, doing nothing in the daemon', async () => ({
  ...createTrainedEmbedder({ workers, ...settings }, place, weights),
  digest: (batch, signal) => workers.digest(batch, { ...settings, weights: place }, signal),
}))
