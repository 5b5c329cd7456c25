import { expect, test } from 'vitest'
import type { Hit } from '../../../contract/answers.ts'
import { coverageOf } from '../../../daemon/memory/coverage.ts'
import { noSignals, rank } from '../../../daemon/memory/rank.ts'
import { createSubjectIndex } from '../../../daemon/memory/subjects.ts'
import { contentWords } from '../../../daemon/memory/words.ts'
import { nearBest } from '../../../daemon/memory/worthwhile.ts'

const subjects = [
  'Upgrade jemalloc to 5.0.1',
  'Upgrade jemalloc to 5.3.0',
  'LFU: add hotkeys option to the client',
  'Find keys that are hot',
  'diff histogram: intern strings',
  "Merge branch 'histogram' which interns strings of the diff",
  'Add new sponsor',
  'Order of hooks',
]

function placesOf(question: string, admits: (ordinal: number) => boolean = () => true): string[] {
  const index = createSubjectIndex((ordinal) => subjects[ordinal] ?? '')
  for (const [ordinal, subject] of subjects.entries()) index.add(ordinal, subject)
  return index.search(question, 10, admits).map(({ ordinal }) => subjects[ordinal] ?? '')
}

test('a subject is found by its words in another order, before those that say more beside them', () => {
  expect(placesOf('intern strings in histogram diff')[0]).toBe('diff histogram: intern strings')
  expect(placesOf('sourdough')).toEqual([])
  expect(placesOf('')).toEqual([])
})

test('two words of a question are met by a subject that writes them as one', () => {
  expect(placesOf('hot keys option')[0]).toBe('LFU: add hotkeys option to the client')
})

test('what a task is about counts more than what is to be done', () => {
  expect(placesOf('add a new hook')[0]).toBe('Order of hooks')
})

test('a version is met by those that it begins, and by no other', () => {
  expect(placesOf('jemalloc upgrade to 5.3')[0]).toBe('Upgrade jemalloc to 5.3.0')
  expect(placesOf('jemalloc upgrade to 5.0')[0]).toBe('Upgrade jemalloc to 5.0.1')
})

test('a subject that is not admitted is not found', () => {
  expect(placesOf('Upgrade jemalloc to 5.3.0', (ordinal) => ordinal !== 1)).toEqual([
    'Upgrade jemalloc to 5.0.1',
  ])
})

const weights = {
  subject: 1,
  message: 1,
  paths: 0,
  terms: 1,
  vector: 0,
  files: 0,
  blame: 0,
  recency: 0,
  trust: 0,
}
const priors = {
  files: 0,
  blame: 0,
  recency: () => 1,
  trust: () => 1,
  kind: (oid: string) => (oid === 'merge' ? 0.5 : 1),
  breadth: () => 1,
}
const nothing = { subject: [], message: [], paths: [], terms: [], vector: [] }

test('the commit whose subject is the question stands first, whatever quotes it', () => {
  const found = {
    ...nothing,
    message: [
      { oid: 'quotes', score: 9 },
      { oid: 'asked', score: 1 },
    ],
  }
  const ranked = rank({ ...found, exact: new Set(['asked']), cut: new Set() }, weights, priors)
  expect(ranked.map(({ oid, score }) => [oid, score > 0.3])).toEqual([
    ['asked', true],
    ['quotes', true],
  ])
  expect(ranked[0]?.score).toBe(1)
})

test('of two that fit alike, the merge stands second', () => {
  const message = ['merge', 'merged'].map((oid) => ({ oid, score: 1 }))
  const ranked = rank({ ...nothing, message, exact: new Set(), cut: new Set() }, weights, priors)
  expect(ranked.map(({ oid }) => oid)).toEqual(['merged', 'merge'])
})

test('what a search that was cut did not bring up counts as the worst that it did', () => {
  const found = {
    ...nothing,
    message: [
      { oid: 'a', score: 10 },
      { oid: 'b', score: 8 },
    ],
    terms: [{ oid: 'c', score: 1 }],
  }
  const ofC = (cut: ReadonlySet<'message'>) =>
    rank({ ...found, exact: new Set(), cut }, weights, priors).find(({ oid }) => oid === 'c')?.signals.message
  expect(ofC(new Set())).toBe(0)
  expect(ofC(new Set(['message']))).toBeCloseTo(0.8)
})

test('what only fills the list is left out, and an exact subject never', () => {
  const candidate = (oid: string, worth: number, isExact = false) => ({
    oid,
    worth,
    isExact,
    score: worth,
    passages: [],
    signals: noSignals(),
  })
  const left = nearBest([candidate('exact', 0.01, true), candidate('good', 0.8), candidate('poor', 0.1)])
  expect(left.map(({ oid }) => oid)).toEqual(['exact', 'good'])
})

test('words of asking are not what is asked about, unless there is nothing else', () => {
  expect(contentWords('why does the pump exist')).toEqual(['pump'])
  expect(contentWords('why does it exist')).toEqual(['exist'])
})

test('an answer that writes two words as one speaks of both', () => {
  const hit: Hit = {
    repository: 'r',
    oid: 'a',
    subject: 'find hotkeys',
    author: '',
    time: '',
    score: 1,
    identity: 'a',
    kind: 'other',
    reachable: true,
    was: [],
    passages: [],
  }
  expect(coverageOf(hit, ['hot', 'keys'])).toBe(1)
})
