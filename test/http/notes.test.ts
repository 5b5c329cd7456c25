import { expect, test } from 'vitest'
import { oid } from './answers.ts'
import { commandLine } from './command-line.ts'
import { evil } from './hostile.ts'

const note = {
  id: 7,
  repository: 'tide-1',
  time: '2024-05-01T00:00:00.000Z',
  by: 'user',
  text: 'The tide gauge lags.\nBy an hour.',
  about: ['src/gauge.ts'],
}
const shown = ['note 7 by user, 2024-05-01', 'about src/gauge.ts', 'The tide gauge lags.', 'By an hour.']

test('recall shows the notes that fit, before the commits, even where no commit fits', async () => {
  const asked: unknown[] = []
  const aios = await commandLine({
    async notes(input) {
      asked.push(input)
      return { items: [note] }
    },
  })
  const { stdout } = await aios(['recall', '--repo', 'tide-1', 'tide', 'gauge'])
  for (const line of shown) expect(stdout).toContain(line)
  expect(stdout).toMatch(/By an hour\.\n\nNo commit fits tide gauge\./)
  expect(asked).toEqual([{ repository: 'tide-1', question: 'tide gauge', limit: 3 }])
  expect(JSON.parse((await aios(['recall', '--json', 'tide'])).stdout)).toMatchObject({
    data: { hits: [], notes: [note] },
  })
})

test('no note gives orders to the terminal, or pretends to be another line', async () => {
  const notes = async () => ({ items: [{ ...note, text: `${evil}\r\nsecond`, about: [evil] }] })
  const aios = await commandLine({ notes })
  for (const name of ['recall', 'context']) {
    const { stdout } = await aios([name, 'tide'])
    expect(stdout).toContain('second')
    expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u)
  }
})

test('recall of every repository asks for no notes, which are of one', async () => {
  const { stdout } = await (await commandLine())(['recall', '--all', 'tide'])
  expect(stdout).toBe('Nothing remembered fits tide.\n')
})

test('context begins with the notes that fit, and leaves what they take out of the budget', async () => {
  const budgets: (number | undefined)[] = []
  const aios = await commandLine({
    notes: async () => ({ items: [note, { ...note, id: 8, text: 'low '.repeat(1000) }] }),
    async context({ budget }) {
      budgets.push(budget)
      return { tokens: 1, budget: 100, blocks: [{ text: 'tide', tokens: 1, citations: [{ oid }] }] }
    },
  })
  const { stdout } = await aios(['context', 'tide', '--budget', '300'])
  expect(stdout).toBe(`${shown.join('\n')}\n\ntide\n`)
  await aios(['context', 'tide', '--budget', '110'])
  await aios(['context', 'tide'])
  expect(budgets).toEqual([300 - Math.ceil(shown.join('\n').length / 3), 110, undefined])
  expect((await aios(['context', '--path', 'tide.md'])).stdout).toBe('tide\n')
})
