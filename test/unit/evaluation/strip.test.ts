import { expect, test } from 'vitest'
import { withoutCitations } from '../../../daemon/evaluation/strip.ts'

const oid = '0123456789abcdef0123456789abcdef01234567'

test('ids are taken out, in full and in part, with what they quote', () => {
  const told = [
    `This was broken by commit ${oid} ("tide: turn at noon").`,
    'Since 0123456789ab (tide: turn at noon, 2020-01-02) the moon',
    'is late; see also `01234567`.',
  ].join('\n')
  const text = withoutCitations(told)
  expect(text).not.toMatch(/[0-9a-f]{7}/)
  expect(text).not.toContain('turn at noon')
  expect(text).toContain('the moon\nis late')
})

test('a subject that is quoted over two lines is taken out wherever it stands', () => {
  const text = withoutCitations('It undoes "tide: turn\n  at noon" again.', ['tide: turn at noon (#12)'])
  expect(text).not.toMatch(/turn\s+at/)
})

test('what reverts, and who signed, is not told', () => {
  const message = `Revert "tide: turn at noon"\n\nThis reverts commit ${oid}.\n\nIt flooded.\n\nSigned-off-by: Ada <a@b.c>\nFixes: 0123456789ab ("x")`
  expect(withoutCitations(message)).toBe('It flooded.')
})

test('numbers and words that are no ids stay', () => {
  expect(withoutCitations('The facade of 2024 took 512k, deadline effaced.')).toBe(
    'The facade of 2024 took 512k, deadline effaced.',
  )
})
