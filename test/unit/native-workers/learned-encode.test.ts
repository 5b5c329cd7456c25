import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { createUntrainedTable, encode } from '../../../native-workers/learned-encode.ts'
import { termsOf } from '../../../native-workers/tokenise.ts'

const table = createUntrainedTable({ dimensions: 128, seed: 1 })

test('the vectors of an id never change: these bytes are stored', () => {
  const vector = encode(termsOf('The tide turns at noon: readFile, кофе, 日本語; the tide again'), table)
  const hash = createHash('sha256').update(Buffer.from(vector.buffer)).digest('hex')
  expect(hash).toBe('6fa2ee15a75df13a4b0e0ca229e1ee18974d171e04edda51060dae00c9a39cbd')
})

test('another seed and other dimensions give other vectors', () => {
  const terms = termsOf('The tide turns at noon.')
  const vector = encode(terms, table)
  const other = encode(terms, createUntrainedTable({ dimensions: 128, seed: 2 }))
  const short = encode(terms, createUntrainedTable({ dimensions: 100, seed: 1 }))

  expect(Math.abs(product(vector, other))).toBeLessThan(0.5)
  expect(short).toHaveLength(100)
  expect(product(short, short)).toBeCloseTo(1, 5)
})

test('terms that nothing is known of are nearly at right angles', () => {
  const terms = Array.from({ length: 400 }, (_, at) => encode([`term${at}`], table))
  const angles = terms.flatMap((one, at) => terms.slice(at + 1).map((two) => product(one, two)))
  const mean = angles.reduce((sum, angle) => sum + angle, 0) / angles.length
  const spread = Math.sqrt(angles.reduce((sum, angle) => sum + angle ** 2, 0) / angles.length)

  expect(Math.abs(mean)).toBeLessThan(0.01)
  // Of signs by chance: one over the root of the dimensions.
  expect(spread).toBeCloseTo(1 / Math.sqrt(128), 2)
})

test('the more two texts share, the nearer they are', () => {
  const [tide, near, far] = ['tide moon sea harbour', 'tide moon sea lock', 'tide cache lock buffer'].map(
    (text) => encode(termsOf(text), table),
  )
  if (tide === undefined || near === undefined || far === undefined)
    throw new Error('Three texts, three vectors.')
  expect(product(tide, near)).toBeGreaterThan(product(tide, far))
})

test('words that stand everywhere count little', () => {
  const text = encode(termsOf('the tide'), table)
  expect(product(text, encode(['tide'], table))).toBeGreaterThan(0.9)
})

test('a vector is finite and one long, whatever the terms', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 60 }), (terms) => {
      const length = product(encode(terms, table), encode(terms, table))
      expect(length === 0 || Math.abs(length - 1) < 1e-5).toBe(true)
    }),
  )
  expect(encode([], table)).toEqual(new Float32Array(128))
})

function product(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)
}
