import { expect, test } from 'vitest'
import type { TextBatch } from '../../../daemon/embedder/embedder.ts'
import { createInlineEmbedder } from '../../../daemon/embedder/inline.ts'
import { createLearnedEmbedder } from '../../../daemon/embedder/learned.ts'
import { createDigester } from '../../../native-workers/digest.ts'
import { createUntrainedTable } from '../../../native-workers/learned-encode.ts'

const settings = { dimensions: 64, seed: 7 }
const forever = new AbortController().signal

test('the id names all that changes the vectors', () => {
  expect(createInlineEmbedder(settings).id).toBe('learned-v1-untrained-64-7')
  expect(createLearnedEmbedder({ ...settings, workers: counted() }).id).toBe('learned-v1-untrained-64-7')
})

test('what a commit brings is digested at once, and a history by the workers', async () => {
  const workers = counted()
  const embedder = createLearnedEmbedder({ ...settings, workers })

  await embedder.digest(batchOf(16, 1), forever)
  expect(workers.calls).toBe(0)
  await embedder.digest(batchOf(17, 1), forever)
  expect(workers.calls).toBe(1)
  await embedder.digest(batchOf(1, 40_000), forever)
  expect(workers.calls).toBe(2)
})

test('closing the embedder leaves the workers to those who made them', async () => {
  const workers = counted()
  await createLearnedEmbedder({ ...settings, workers }).close()
  expect(await workers.digest(batchOf(1, 1))).toMatchObject({ terms: ['tide'] })
})

/** Workers that work here and count how often. */
function counted() {
  const digest = createDigester(createUntrainedTable(settings))
  const workers = {
    calls: 0,
    digest(batch: TextBatch) {
      workers.calls += 1
      return digest(batch)
    },
  }
  return workers
}

function batchOf(count: number, size: number): TextBatch {
  const text = 'tide '.repeat(Math.ceil(size / 5))
  const offsets = Uint32Array.from({ length: count + 1 }, (_, at) => at * text.length)
  return { bytes: Buffer.from(text.repeat(count)), offsets, shape: 'message', labels: [] }
}
