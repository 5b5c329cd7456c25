import { expect, test } from 'vitest'
import { askRecall } from '../../../daemon/evaluation/ask-recall.ts'
import { readKeywords } from '../../../daemon/evaluation/keywords.ts'
import { chosen } from '../../../daemon/evaluation/mine.ts'
import { placeByScore } from '../../../daemon/evaluation/place.ts'
import { pastFrom, withoutMessages } from '../../../daemon/evaluation/sight.ts'
import { spanOf } from '../../../daemon/evaluation/span.ts'
import { calibrateAlarm } from '../../../daemon/memory/alarm.ts'
import { forever, rememberRepository } from '../../fixtures/memory.ts'
import { createHistory } from './history.ts'

const plainly = { hidesMessages: false }
const blindly = { hidesMessages: true }

async function remembered(commits: number) {
  const { memory } = await rememberRepository(createHistory(commits).path)
  const inOrder = [...memory.graph.ordinals()].toSorted(
    (a, b) => memory.graph.committerTime(a) - memory.graph.committerTime(b),
  )
  return { memory, inOrder, nth: (place: number) => inOrder.at(place) ?? -1 }
}

test('a commit that is newer than the question is never returned', async () => {
  const { memory, inOrder, nth } = await remembered(40)
  const [then, later] = [nth(20), nth(30)]
  for (const manner of [plainly, blindly]) {
    const question = { from: then, text: memory.graph.subject(later), truth: [later], seenFrom: [nth(19)] }
    const past = pastFrom(question, memory.graph)
    const { place, top } = await askRecall(question, manner, past, { memory }, forever)
    const seen = new Set(inOrder.slice(0, 20).map((ordinal) => memory.graph.oid(ordinal)))
    expect(place).toBe(0)
    expect(top.length).toBeGreaterThan(0)
    expect(top.filter((oid) => !seen.has(oid))).toEqual([])
  }
})

test('a question whose answer needs the future is not asked, and would score nothing', async () => {
  const { memory, nth } = await remembered(40)
  const question = { from: nth(20), text: 'anything', truth: [nth(30)], seenFrom: [nth(19)] }
  expect(chosen([question], memory.graph, { sample: 5, seed: 1 })).toEqual([])
  const keywords = await readKeywords(memory, forever)
  const { sees } = pastFrom(question, memory.graph)
  const scores = keywords.messages(memory.graph.subject(nth(30)))
  expect(scores[nth(30)]).toBeGreaterThan(0)
  expect(placeByScore(scores, question.truth, sees, memory.graph)).toBe(0)
})

test('what was taken away is not found, and the clock stands at the question', async () => {
  const { memory, nth } = await remembered(40)
  const asked = { from: nth(20), text: memory.graph.subject(nth(20)), truth: [nth(20)], seenFrom: [nth(20)] }
  const ask = (question: typeof asked & { without?: ReadonlySet<number> }) =>
    askRecall(question, plainly, pastFrom(question, memory.graph), { memory }, forever)
  expect(await ask(asked)).toMatchObject({ place: 1 })
  expect(await ask({ ...asked, without: new Set(asked.truth) })).toMatchObject({ place: 0 })
})

test('with messages hidden nothing can be found by what only a message says', async () => {
  const { memory } = await remembered(40)
  const hidden = withoutMessages(memory)
  expect(await memory.store.searchText('message', 'due', 5)).toHaveLength(5)
  expect(await hidden.store.searchText('message', 'due', 5)).toEqual([])
  expect(hidden.graph.subjects.search('paint the harbour', 5, () => true)).toEqual([])
  expect(await hidden.store.searchText('terms', 'harbour', 5)).toHaveLength(5)
})

test('the newest fifth asks, and tuning sees nothing of what is reported', async () => {
  const { memory, inOrder } = await remembered(50)
  expect(spanOf(memory.graph, 'newest')).toEqual({ before: inOrder.slice(0, 40), asking: inOrder.slice(40) })
  expect(spanOf(memory.graph, 'oldest')).toEqual({
    before: inOrder.slice(0, 24),
    asking: inOrder.slice(24, 30),
  })
})

test('the alarm is set by what came before the questions alone', async () => {
  const { memory, inOrder } = await remembered(60)
  expect(calibrateAlarm(memory.graph, 0.5, inOrder.slice(0, 48)).threshold).toBeDefined()
  expect(calibrateAlarm(memory.graph, 0.5, inOrder.slice(0, 3)).threshold).toBeUndefined()
})
