import { expect, test } from 'vitest'
import type { ConfigAnswer } from '../../../contract/config-answer.ts'
import { commandLine } from '../../http/command-line.ts'

const inForce: ConfigAnswer = {
  settings: [
    { key: 'recall.limit', value: 10, origin: 'default' },
    { key: 'ingest.excludePaths', value: ['dist'], origin: 'AIOS_INGEST_EXCLUDE_PATHS' },
    { key: 'embedder.train', value: 'auto', origin: 'AIOS_EMBEDDER_TRAIN' },
  ],
  files: [],
  problems: [],
}

test.each(['status', 'doctor'])('%s says which variables the daemon goes on without', async (command) => {
  const aios = await commandLine({ config: async () => inForce })
  const environment = {
    AIOS_RECALL_LIMIT: '5',
    AIOS_EMBEDDER_TRAIN: 'off',
    AIOS_INGEST_EXCLUDE_PATHS: '[dist]',
  }
  const { stderr, exit } = await aios([command], { environment })
  expect(stderr).toContain(
    'AIOS_RECALL_LIMIT, AIOS_EMBEDDER_TRAIN are set here, but the daemon runs without them.',
  )
  expect(stderr).not.toContain('AIOS_INGEST_EXCLUDE_PATHS')
  expect(exit).toBe(0)
})

test('what is as the variables say needs no words', async () => {
  const aios = await commandLine({ config: async () => inForce })
  const environment = {
    AIOS_RECALL_LIMIT: '10',
    AIOS_EMBEDDER_TRAIN: ' auto',
    AIOS_OTHER: '1',
    AIOS_LIMIT: '',
  }
  expect((await aios(['status'], { environment })).stderr).toBe('')
})
