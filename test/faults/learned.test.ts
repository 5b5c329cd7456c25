import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RepositoryStatus } from '../../contract/status.ts'
import { createPlace, writeHistory, type Place } from './place.ts'

let place: Place
beforeEach(() => {
  place = createPlace()
  // Short vectors, and little to learn from: what is tested is when, and not how well.
  Object.assign(place.environment, { AIOS_EMBEDDER_DIMENSIONS: '16', AIOS_EMBEDDER_TRAIN: 'auto' })
})
afterEach(() => place.clear())

test('a history is learned from in the background, outlives a kill, and is learned again when damaged', async () => {
  writeHistory(place, 'main', 120)
  const environment = { ...place.environment, AIOS_EMBEDDER_TRAIN_FROM: '100' }
  const first = await place.daemon(environment)
  expect(place.aios(['init']).code).toBe(0)
  const { embedder, complete } = await first.until(isTrained)
  expect(complete).toBe(120)
  expect(place.aios(['status']).stdout).toContain('trained')
  expect(place.aios(['doctor']).stdout).toContain(embedder?.id)
  expect(found(place, 'word7')).toContain('note word7 of the tide')
  await first.end('SIGKILL')

  const second = await place.daemon(environment)
  const again = await second.until(({ pending }) => pending === 0)
  expect(again.embedder).toEqual(embedder)
  await second.end('SIGTERM')

  flipBit(weightsOf(place))
  const third = await place.daemon(environment)
  const mended = await third.until(isTrained)
  expect(mended).toMatchObject({ complete: 120, skipped: 0, embedder: { id: embedder?.id } })
  expect(place.aios(['events', '--json']).stdout).toContain('missing or damaged')
  expect(found(place, 'word7')).toContain('note word7 of the tide')
})

test('a daemon that is killed while it learns has learned in the end', async () => {
  writeHistory(place, 'main', 400)
  const environment = { ...place.environment, AIOS_EMBEDDER_TRAIN_FROM: '100' }
  const states = ['training', 'switching'] as const
  for (const wanted of states) {
    const daemon = await place.daemon(environment)
    expect(place.aios(['init']).code).toBe(0)
    await daemon.until((repository) => repository.embedder?.state === wanted || isTrained(repository))
    await daemon.end('SIGKILL')
  }
  const daemon = await place.daemon(environment)
  const { complete, skipped } = await daemon.until(isTrained)
  expect({ complete, skipped }).toEqual({ complete: 400, skipped: 0 })
  const tables = () => readdirSync(memoryOf(place)).filter((name) => name.startsWith('passages'))
  await expect.poll(tables, { timeout: 20_000 }).toHaveLength(1)
  const kept = () => readdirSync(join(memoryOf(place), 'embedder')).toSorted()
  await expect.poll(() => kept().length, { timeout: 20_000 }).toBe(2)
  expect(kept()).toEqual([expect.stringMatching(/^[0-9a-f]{32}\.table$/), 'trained.json'])
})

test('a history that is too short says so, and training can be switched off', async () => {
  writeHistory(place, 'main', 30)
  const daemon = await place.daemon()
  expect(place.aios(['init']).code).toBe(0)
  const { embedder } = await daemon.until(({ pending }) => pending === 0)
  expect(embedder).toMatchObject({ id: 'learned-v1-untrained-16-1', state: 'untrained' })
  expect(place.aios(['doctor']).stdout.replaceAll(/\s+/g, ' ')).toContain(
    'history too short to learn from: 30 of 1000',
  )
  await daemon.end('SIGTERM')

  const off = await place.daemon({ ...place.environment, AIOS_EMBEDDER_TRAIN: 'off' })
  const { embedder: kept } = await off.until(({ pending }) => pending === 0)
  expect(kept?.note).toBe('training is switched off')
})

function isTrained({ embedder, pending }: RepositoryStatus): boolean {
  return embedder?.state === 'trained' && pending === 0
}

function found({ aios }: Place, question: string): string {
  return aios(['recall', question]).stdout
}

function memoryOf({ folders }: Place): string {
  const repositories = join(folders.state, 'repositories')
  const [id = ''] = readdirSync(repositories)
  return join(repositories, id)
}

function weightsOf(place: Place): string {
  const folder = join(memoryOf(place), 'embedder')
  const name = readdirSync(folder).find((file) => file.endsWith('.table')) ?? ''
  return join(folder, name)
}

function flipBit(path: string): void {
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(300_000) ^ 1, 300_000)
  writeFileSync(path, bytes)
}
