import { countTokens } from 'gpt-tokenizer'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { estimateTokens } from '../../../native-workers/estimate-tokens.ts'

test.each(['contract/errors.ts', 'native-workers/supervisor.ts', 'package.json', 'LICENSE'])(
  'the tokens of %s are estimated within a quarter',
  (file) => {
    const bytes = readFileSync(file)
    const counted = countTokens(bytes.toString('utf8'))
    expect(Math.abs(estimateTokens(bytes, 0, bytes.length) / counted - 1)).toBeLessThan(0.25)
  },
)

test('only the text between the places counts', () => {
  const bytes = Buffer.from('tide turns at noon')
  expect(estimateTokens(bytes, 0, 4)).toBe(estimateTokens(bytes.subarray(0, 4), 0, 4))
  expect(estimateTokens(bytes, 3, 3)).toBe(0)
})
