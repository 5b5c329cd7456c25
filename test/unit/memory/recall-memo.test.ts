import { expect, test } from 'vitest'
import type { RecallAnswer } from '../../../contract/answers.ts'
import { createRecallMemo } from '../../../daemon/memory/recall-memo.ts'
import { recall } from '../../../daemon/memory/recall.ts'
import { rememberRepository } from '../../fixtures/memory.ts'
import { createTestRepository } from '../../fixtures/git/test-repository.ts'

const forever = new AbortController().signal
const answer: RecallAnswer = { question: 'tide', kind: 'prose', hits: [], abstained: false, tookMs: 5 }

/** A memo, and a question that counts how often it was looked up. */
function memoed() {
  const memo = createRecallMemo()
  const settings = {}
  let asked = 0
  const ask = async () => ({ ...answer, reason: `${++asked}` })
  return {
    memo,
    settings,
    ask,
    asking: (input: object = {}) => memo.answer({ question: 'tide', ...input }, settings, ask),
  }
}

test('the same question is looked up once, and another one anew', async () => {
  const { asking } = memoed()
  const first = await asking()
  const again = await asking()
  expect([first.reason, again.reason]).toEqual(['1', '1'])
  expect(again.tookMs).not.toBe(5)
  expect((await asking({ limit: 3 })).reason).toBe('2')
  expect((await asking({ explain: true })).reason).toBe('3')
})

test('what a caller does to an answer is not seen by the next', async () => {
  const { asking } = memoed()
  const first = await asking()
  first.question = 'mine'
  const second = await asking()
  second.question = 'mine too'
  expect((await asking()).question).toBe('tide')
})

test('nothing is kept while memory changes, nor of what was asked before', async () => {
  const { memo, settings, ask, asking } = memoed()
  await asking()
  await memo.during(async () => {
    expect([(await asking()).reason, (await asking()).reason]).toEqual(['2', '3'])
  })
  expect([(await asking()).reason, (await asking()).reason]).toEqual(['4', '4'])
  const failing = memo.during(() => Promise.reject(new Error('no')))
  await expect(failing).rejects.toThrow('no')
  expect([(await asking()).reason, (await asking()).reason]).toEqual(['5', '5'])
  const slow = memo.answer({ question: 'slow' }, settings, async () => {
    await memo.during(async () => {})
    return ask()
  })
  expect((await slow).reason).toBe('6')
  expect((await asking({ question: 'slow' })).reason).toBe('7')
})

test('other settings are another question, and what a filter means may change by itself', async () => {
  const { memo, ask, asking } = memoed()
  await asking()
  expect((await memo.answer({ question: 'tide' }, {}, ask)).reason).toBe('2')
  const filters = { since: '2 weeks' }
  expect([(await asking({ filters })).reason, (await asking({ filters })).reason]).toEqual(['3', '4'])
  expect([(await asking({ filters: {} })).reason, (await asking()).reason]).toEqual(['5', '5'])
})

test('an answer that was kept does not outlive the next commit', async () => {
  const repository = createTestRepository()
  repository.commit('note the tide', { 'a.txt': 'one\n' })
  const { memory, remembered } = await rememberRepository(repository.path)
  const input = { question: 'tide' }
  const subjects = async () => {
    const { hits } = await remembered.recalled.answer(input, memory.config, () =>
      recall(input, memory, forever),
    )
    return hits.map(({ subject }) => subject).toSorted()
  }
  expect([await subjects(), await subjects()]).toEqual([['note the tide'], ['note the tide']])
  repository.commit('the tide turns', { 'a.txt': 'two\n' })
  await remembered.settled()
  expect(await subjects()).toEqual(['note the tide', 'the tide turns'])
})
