import { existsSync, mkdirSync, mkdtempSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { copyApart } from '../../daemon/copier.ts'
import { copyPassages, type CopyPassages } from '../../daemon/store/copy-passages.ts'
import { openLanceStore } from '../../daemon/store/lance-store.ts'
import type { MemoryStore } from '../../daemon/store/store.ts'
import { train } from '../../native-workers/train.ts'
import { encodeTerms, hashOfWeights, packWeights, readWeights } from '../../native-workers/trained-table.ts'
import { weightsFile } from '../../native-workers/trainer-files.ts'
import { detailRow, dimensions, oidOf, passageRow, unitVector } from '../conformance/store-rows.ts'
import { bookOf, lessonsAbout } from '../fixtures/lessons.ts'
import { childrenOf } from './place.ts'

const entry = new URL('../../daemon/copier-main.ts', import.meta.url)
const learned = { dimensions: 16, seed: 1 }
const next = { embedder: 'next', dimensions: learned.dimensions }
const names = Array.from({ length: 300 }, (_, index) => index)
const forever = new AbortController().signal
let weights: Buffer
let hash: string
let folder: string

beforeAll(async () => {
  weights = Buffer.from(
    packWeights(await train(bookOf(lessonsAbout(60)), learned, undefined, async () => {})),
  )
  hash = hashOfWeights(weights)
})

test('passages get their vectors in a process below everybody else', async () => {
  const store = await filledStore(copy)
  const seen = prioritiesOf(copierPid())
  const prepared = await store.prepareVectors(next, unasked, forever)
  await store.putDetails([detailRow('late')], [passageRow('late', 0)])
  await prepared.enforce()

  expect((await seen).at(-1)).toBe(19)
  const table = readWeights(weights, hash)
  const vectorOf = (terms: string) => (table === undefined ? [] : encodeTerms([terms], table))
  const [nearest] = await store.searchVector(Float32Array.from(vectorOf('word1 of 7')), 1, 'next')
  expect(nearest).toMatchObject({ key: `${oidOf(7)}:1`, score: expect.closeTo(1, 2) })
  expect(await store.searchText('terms', 'word0', 1000)).toHaveLength(names.length + 1)
})

test('a copier that is killed leaves everything as it was', async () => {
  const store = await filledStore(copy)
  const outcome = store.prepareVectors(next, unasked, forever).catch((error: unknown) => error)
  while (!existsSync(join(folder, 'passages-1.lance'))) await sleep(2)
  process.kill(await copierPid(), 'SIGKILL')

  expect(await outcome).toMatchObject({
    code: 'workers.unavailable',
    message: expect.stringContaining('SIGKILL'),
  })
  await expectUnchanged(store)
  await (await store.prepareVectors(next, unasked, forever)).discard()
  await expectUnchanged(store)
  expect(copiers()).toEqual([])
})

test('who gives up ends the copier', async () => {
  const store = await filledStore(copy)
  const giveUp = new AbortController()
  const outcome = store.prepareVectors(next, unasked, giveUp.signal).catch((error: unknown) => error)
  await copierPid()
  giveUp.abort(new Error('enough'))

  expect(await outcome).toEqual(new Error('enough'))
  await expectUnchanged(store)
  expect(copiers()).toEqual([])
})

test('weights that are damaged, and a program that is not there, are named', async () => {
  const damaged = await filledStore(copy)
  truncateSync(weightsFile(join(folder, 'embedder'), hash), 100)
  await expect(damaged.prepareVectors(next, unasked, forever)).rejects.toMatchObject({
    code: 'embedder.broken',
  })
  await expectUnchanged(damaged)

  const missing = await filledStore((order, _, signal) =>
    copyApart(
      new URL('no-such-program.ts', import.meta.url),
      { kind: 'copy', order, weights: placeOf() },
      signal,
    ),
  )
  await expect(missing.prepareVectors(next, unasked, forever)).rejects.toMatchObject({
    code: 'workers.unavailable',
    message: expect.stringContaining('exited with code 1'),
  })
})

test('what is copied is not cleared away by an upkeep meanwhile', async () => {
  const many = Array.from({ length: 2_200 }, (_, index) => index)
  const store = await filledStore(copyPassages, many)
  let isFirst = true
  const encode = async (terms: readonly string[]) => {
    if (isFirst) {
      isFirst = false
      await put(store, many.slice(-20))
      await store.optimize()
    }
    return new Float32Array(terms.length * next.dimensions)
  }
  const prepared = await store.prepareVectors(next, encode, forever)
  await prepared.enforce()
  expect(await store.searchText('terms', 'word0', 5_000)).toHaveLength(many.length)
})

const placeOf = () => ({ folder: join(folder, 'embedder'), hash })
const copy: CopyPassages = (order, _encode, signal) =>
  copyApart(entry, { kind: 'copy', order, weights: placeOf() }, signal)

async function filledStore(copying: CopyPassages, some: readonly number[] = names): Promise<MemoryStore> {
  folder = mkdtempSync(join(tmpdir(), 'copier-'))
  mkdirSync(join(folder, 'embedder'))
  writeFileSync(weightsFile(join(folder, 'embedder'), hash), weights)
  const store = await openLanceStore(folder, {
    embedder: 'test',
    dimensions,
    graceMs: 0,
    now: Date.now,
    onHealed: (detail) => expect.fail(detail),
    copy: copying,
  })
  onTestFinished(() => store.close())
  await put(store, some)
  return store
}

async function put(store: MemoryStore, some: readonly number[]): Promise<void> {
  await store.putDetails(
    some.map((name) => detailRow(name)),
    some.flatMap((name) => [passageRow(name, 0), passageRow(name, 1)]),
  )
}

/** The few that come while others are copied are encoded here; nobody else may be. */
async function unasked(terms: readonly string[]): Promise<Float32Array> {
  expect(terms).toEqual(['word0 of late'])
  return new Float32Array(next.dimensions)
}

async function expectUnchanged(store: MemoryStore): Promise<void> {
  expect(store).toMatchObject({ embedder: 'test', dimensions })
  expect(await store.searchVector(unitVector(0), 1000, 'test')).toHaveLength(names.length * 2)
  expect(readdirSync(folder).filter((name) => name.startsWith('passages'))).toEqual(['passages.lance'])
}

/** Returns the priorities that a process has until it is gone. */
async function prioritiesOf(started: Promise<number>): Promise<number[]> {
  const pid = await started
  const seen: number[] = []
  for (;;) {
    try {
      seen.push(getPriority(pid))
    } catch {
      return seen
    }
    await sleep(5)
  }
}

async function copierPid(): Promise<number> {
  for (;;) {
    const [first] = copiers()
    if (first !== undefined) return first
    await sleep(5)
  }
}

function copiers(): number[] {
  const isCopier = ({ command }: { readonly command: string }) => command.includes('copier-main')
  return childrenOf(process.pid)
    .filter(isCopier)
    .map(({ pid }) => pid)
}
