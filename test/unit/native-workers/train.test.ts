import { expect, test } from 'vitest'
import { createDigester } from '../../../native-workers/digest.ts'
import type { Model } from '../../../native-workers/model.ts'
import {
  createTrainedTable,
  encodeTerms,
  hashOfWeights,
  packWeights,
  readWeights,
  type Weights,
} from '../../../native-workers/trained-table.ts'
import { distinctTerms } from '../../../native-workers/tokenise.ts'
import { train, type Progressed } from '../../../native-workers/train.ts'
import { bookOf, lessonsAbout, type Lesson } from '../../fixtures/lessons.ts'

const settings = { dimensions: 16, seed: 1 }
const history = lessonsAbout(320)

test('the same lessons in any order give the same bytes, and another seed others', async () => {
  const bytes = await learn(history)

  expect((await learn(history.toReversed())).equals(bytes)).toBe(true)
  expect((await learn(history, 2)).equals(bytes)).toBe(false)
  expect((await learn(history.slice(1))).equals(bytes)).toBe(false)
})

test('a training that is taken up again ends where it would have ended', async () => {
  const lessons = bookOf(history)
  const rounds: Progressed[] = []
  const whole = await train(lessons, settings, undefined, async ({ epochs, model }) => {
    rounds.push({ epochs, model: structuredClone(model) })
  })
  expect(rounds.length).toBeGreaterThan(2)
  for (const from of rounds) {
    expect(packWeights(await train(lessons, settings, from, async () => {})).equals(packWeights(whole))).toBe(
      true,
    )
  }
})

test('words of messages come near the words of code that change with them', async () => {
  const weights = weightsOf(await learn(history))

  expect(nearness(weights, 'colour', 'paint brush')).toBeGreaterThan(0.5)
  expect(nearness(weights, 'colour', 'dock quay')).toBeLessThan(0.3)
  expect(nearness(weights, 'kitchen', 'oven saucepan')).toBeGreaterThan(nearness(weights, 'kitchen', 'chord'))
})

test('less surprises from round to round', async () => {
  const surprises: number[] = []
  await train(bookOf(history), settings, undefined, async (_, surprise) => void surprises.push(surprise))
  expect(surprises.at(-1)).toBeLessThan((surprises[0] ?? 0) * 0.9)
})

const odd: Record<string, readonly Lesson[]> = {
  'no commit': [],
  'one commit': lessonsAbout(1),
  'ten commits': lessonsAbout(10),
  'empty messages': history.map((one) => ({ ...one, message: '' })),
  'equal messages': history.map((one) => ({ ...one, message: 'wip\n' })),
  'nothing but signs': history.map((one) => ({ ...one, message: '--- !!! ...\n', passages: ['', ' '] })),
  'no passages': history.map((one) => ({ ...one, passages: [] })),
  'one word everywhere': history.map((one) => ({ ...one, message: 'tide', passages: ['tide'] })),
}

test.each(Object.entries(odd))('a history of %s gives finite weights', async (_name, lessons) => {
  const { values, scales } = weightsOf(await learn(lessons))
  expect(values.every(Number.isFinite)).toBe(true)
  expect(scales.every((scale) => Number.isFinite(scale) && scale >= 0)).toBe(true)
})

test('messages in other scripts teach as well', async () => {
  const words = ['прилив', '潮汐', 'गर्मी', 'καιρός']
  const lessons = history.map((one, index) => ({
    ...one,
    message: `${words[index % 4]} номер${index}`,
    passages: [`${['moon', 'tide', 'sun', 'cloud'][index % 4]} place${index}`],
  }))
  const weights = weightsOf(await learn(lessons))

  expect(nearness(weights, 'прилив', 'moon')).toBeGreaterThan(nearness(weights, 'прилив', 'cloud') + 0.2)
  expect(nearness(weights, '潮汐', 'tide')).toBeGreaterThan(nearness(weights, '潮汐', 'sun') + 0.2)
})

test('who signs a message teaches nothing', async () => {
  const signed = history.map((one, index) => ({
    ...one,
    message: `${one.message}\nSigned-off-by: Person ${index} <p${index}@example.com>\nCc: Someone ${index}\n`,
  }))
  expect(bookOf(signed).fingerprint).toBe(bookOf(history).fingerprint)
})

test('a digest has the vectors that its terms have', async () => {
  const weights = weightsOf(await learn(history))
  const digest = createDigester(createTrainedTable(weights))
  const texts = ['Paint the dock, paint it twice: paintDock()', 'кофе 日本語', '']
  const parts = texts.map((text) => Buffer.from(text))
  const offsets = Uint32Array.from([0, 1, 2, 3], (count) => Buffer.concat(parts.slice(0, count)).length)
  const { terms, vectors } = await digest({
    bytes: Buffer.concat(parts),
    offsets,
    shape: 'message',
    labels: [],
  })

  expect(encodeTerms(terms, weights)).toEqual(vectors)
})

test('weights that are not what was written are refused', async () => {
  const bytes = await learn(lessonsAbout(10))
  const hash = hashOfWeights(bytes)
  const flipped = Buffer.from(bytes)
  flipped.writeUInt8(bytes.readUInt8(bytes.length - 7) ^ 1, bytes.length - 7)

  expect(readWeights(bytes, hash)).toBeDefined()
  expect(readWeights(flipped, hash)).toBeUndefined()
  expect(readWeights(bytes.subarray(0, -1), hash)).toBeUndefined()
  expect(readWeights(Buffer.alloc(0), hashOfWeights(Buffer.alloc(0)))).toBeUndefined()
  expect(readWeights(Buffer.from('text'), hashOfWeights(Buffer.from('text')))).toBeUndefined()
})

async function learn(lessons: readonly Lesson[], seed = 1): Promise<Buffer> {
  const model: Model = await train(bookOf(lessons), { ...settings, seed }, undefined, async () => {})
  return packWeights(model)
}

function weightsOf(bytes: Buffer): Weights {
  const weights = readWeights(bytes, hashOfWeights(bytes))
  if (weights === undefined) throw new Error('What was packed can be read.')
  return weights
}

function nearness(weights: Weights, one: string, other: string): number {
  const [a, b] = [one, other].map((text) => encodeTerms([distinctTerms(text).join(' ')], weights))
  return a?.reduce((sum, value, at) => sum + value * (b?.[at] ?? 0), 0) ?? 0
}
