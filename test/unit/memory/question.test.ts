import { expect, test } from 'vitest'
import { momentOf } from '../../../daemon/memory/when.ts'
import { isoTime } from '../../../daemon/memory/episode.ts'
import { understand } from '../../../daemon/memory/question.ts'
import { rank, type SearchSignal } from '../../../daemon/memory/rank.ts'
import { coverageOf } from '../../../daemon/memory/coverage.ts'
import type { Hit } from '../../../contract/answers.ts'
import { stemOf } from '../../../daemon/memory/words.ts'
import { createProgressMeter } from '../../../daemon/memory/progress.ts'
import type { Progress } from '../../../contract/events.ts'

const now = Date.UTC(2026, 4, 15, 12)

test.each([
  ['now', now],
  ['today', now],
  ['yesterday', now - 86_400_000],
  ['2 weeks', now - 14 * 86_400_000],
  ['2.weeks.ago', now - 14 * 86_400_000],
  ['1 hour ago', now - 3_600_000],
  ['3 Months', now - 3 * 2_629_746_000],
  ['0 days', now],
  ['2024', Date.UTC(2024, 0, 1)],
  ['2024-05', Date.UTC(2024, 4, 1)],
  [' 2024-05-01 ', Date.UTC(2024, 4, 1)],
  ['2024-05-01T10:00:00Z', Date.UTC(2024, 4, 1, 10)],
  ['2024-05-01T10:00:00+02:00', Date.UTC(2024, 4, 1, 8)],
  ['2024-05-01 10:00', Date.UTC(2024, 4, 1, 10)],
])('%j is a moment', (text, moment) => {
  expect(momentOf(text, now)).toBe(moment / 1000)
})

test('a time without a zone is UTC, wherever the daemon runs', () => {
  const before = process.env['TZ']
  process.env['TZ'] = 'Asia/Tokyo'
  const moments = ['2024-05-01', '2024-05-01 10:00', '2024-05-01T10:00:30'].map((text) => momentOf(text, now))
  process.env['TZ'] = before
  expect(moments).toEqual(
    [Date.UTC(2024, 4, 1), Date.UTC(2024, 4, 1, 10), Date.UTC(2024, 4, 1, 10, 0, 30)].map((ms) => ms / 1000),
  )
})

test.each([
  '',
  'soon',
  '2024-13',
  '2024-02-40',
  '2 fortnights',
  '-1 days',
  '9999999 days',
  '2024-05-01T99:99',
  'constructor',
  '2 toString',
])('%j is no moment, and the answer says so', (text) => {
  expect(() => momentOf(text, now)).toThrow(/is not a date/)
})

test.each([
  [{ time: 0, zone: 0 }, '1970-01-01T00:00:00+00:00'],
  [{ time: 1_700_000_000, zone: 330 }, '2023-11-15T03:43:20+05:30'],
  [{ time: 1_700_000_000, zone: -210 }, '2023-11-14T18:43:20-03:30'],
  [{ time: -1, zone: 0 }, '1969-12-31T23:59:59+00:00'],
  [{ time: 1_700_000_000, zone: 24 * 60 }, ''],
  [{ time: 1e18, zone: 0 }, ''],
  [{ time: Number.NaN, zone: 0 }, ''],
  [{ time: Number.POSITIVE_INFINITY, zone: 0 }, ''],
  [{ time: 4e11, zone: 0 }, ''],
  [{ time: -1e12, zone: 0 }, ''],
])('%j is written as %j', (moment, text) => {
  expect(isoTime(moment)).toBe(text)
})

const paths = new Set(['Makefile', 'src/tide.ts'])

test.each([
  ['0f3a9c1', 'commit'],
  [' 0f3a9c1be2d4f5061728394a5b6c7d8e9f001122 ', 'commit'],
  ['deadbeef', 'prose'],
  ['0f3a9', 'prose'],
  ['Makefile', 'path'],
  ['makefile', 'prose'],
  ['src/tide.ts', 'path'],
  ['src/gone.ts', 'path'],
  ['and/or', 'path'],
  ['why does the tide turn', 'prose'],
  ['why does turnTide fail when the moon is not in the sky at all', 'prose'],
  ['turnTide', 'code'],
  ['turn_tide in main', 'code'],
  ['Tide::turn', 'code'],
  ['turn() crashes', 'code'],
  ['if (tide_high) { turn(); } else { wait(); } and so on and on and on', 'code'],
  ['diff --git a/x b/x\n@@ -1 +1 @@\n-a\n+b', 'diff'],
  ['-one\n+two\n three', 'diff'],
  ['- a list\n- of things\n- to do', 'diff'],
  ['', 'prose'],
])('%j is asked as %s', (question, kind) => {
  expect(understand(question, (text) => paths.has(text)).kind).toBe(kind)
})

test('of a diff, its lines are searched and not what git says about files', () => {
  const diff =
    'diff --git a/x.c b/x.c\nindex 0f3a9c1..abc1234 100644\n--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,2 @@ turn\n-old tide\n+new tide\n'
  const { words } = understand(diff, () => false)
  expect(words).toContain('old tide')
  expect(words).not.toMatch(/0f3a9c1|diff|100644|@@/)
})

test.each([
  'a'.repeat(16_000),
  'aA'.repeat(8000),
  '_'.repeat(16_000),
  'a/'.repeat(8000),
  'a.'.repeat(8000),
  '+a\n'.repeat(5000),
  '@@ -1'.repeat(3000),
])(
  '16 KB of %.10s… are understood in no time',
  (question) => {
    expect(understand(question, () => false).kind).toMatch(/\w/)
  },
  20_000,
)

const weights = {
  subject: 0,
  message: 1,
  paths: 0.5,
  terms: 0.5,
  vector: 0,
  files: 0,
  blame: 0,
  recency: 0.1,
  trust: 0.1,
}
const priors = { files: 0, blame: 0, recency: () => 1, trust: () => 1, kind: () => 1, breadth: () => 1 }
const nothing = {
  exact: new Set<string>(),
  cut: new Set<SearchSignal>(),
  subject: [],
  message: [],
  paths: [],
  terms: [],
  vector: [],
}

test('a commit that two searches find stands before those that one finds', () => {
  const found = {
    ...nothing,
    message: [
      { oid: 'a', score: 9 },
      { oid: 'b', score: 8 },
    ],
    paths: [{ oid: 'b', score: 3 }],
  }
  const ranked = rank(found, weights, priors)
  expect(ranked.map(({ oid }) => oid)).toEqual(['b', 'a'])
  expect(ranked[0]?.score).toBeLessThanOrEqual(1)
  expect(ranked[0]?.signals).toMatchObject({ paths: 0.5, vector: 0 })
})

test('a commit counts with its best piece, and a piece that two searches found stands once', () => {
  const piece = (key: string, score: number) => ({
    oid: 'a',
    key,
    path: 'a.ts',
    startLine: 1,
    endLine: 2,
    score,
  })
  const found = { ...nothing, terms: [piece('a:0', 4), piece('a:1', 2)], vector: [piece('a:1', 1)] }
  const [first] = rank(found, { ...weights, vector: 1 }, priors)
  expect(first?.passages.map(({ key }) => key)).toEqual(['a:0', 'a:1'])
  expect(first?.signals.terms).toBe(0.5)
})

test('a signal without weight finds nothing, nor do priors alone', () => {
  expect(rank({ ...nothing, vector: [{ oid: 'a', score: 1 }] }, weights, priors)).toEqual([])
  expect(rank(nothing, weights, priors)).toEqual([])
})

test('of two whose changes fit alike, the one that changed less stands first, and what is said counts in full', () => {
  const both = ['broad', 'narrow'].map((oid) => ({ oid, score: 1 }))
  const breadth = (oid: string) => (oid === 'broad' ? 0.8 : 1)
  const found = { ...nothing, message: both, terms: both }
  const ranked = rank(found, weights, { ...priors, breadth })
  expect(ranked.map(({ oid }) => oid)).toEqual(['narrow', 'broad'])
  expect(ranked[1]?.signals).toMatchObject({ message: 1, terms: 0.4 })
})

test('commits of one score stand in the order of their oids', () => {
  const found = { ...nothing, message: ['c', 'a', 'b'].map((oid) => ({ oid, score: 1 })) }
  expect(rank(found, weights, priors).map(({ oid }) => oid)).toEqual(['a', 'b', 'c'])
})

test('an answer covers as much of a question as it says in other endings', () => {
  const hit: Hit = {
    repository: 'r',
    oid: 'a',
    subject: 'Turning tides',
    author: '',
    time: '',
    score: 1,
    identity: 'a',
    kind: 'other',
    reachable: true,
    was: [],
    passages: [{ path: 'moon.ts', startLine: 1, endLine: 1, text: '+const pull = 1' }],
  }
  expect(coverageOf(hit, ['turned', 'tide', 'moon', 'pull'])).toBe(1)
  expect(coverageOf(hit, ['volcano', 'tide'])).toBeLessThan(0.5)
  expect(coverageOf(hit, [])).toBe(0)
})

test('progress tells how far it is, how fast, and how long it will take', () => {
  let clock = 0
  const meter = createProgressMeter(() => clock)
  const heard: Progress[] = []
  const leave = meter.subscribe((progress) => heard.push(progress))
  meter.begin('messages', 100)
  clock = 2000
  meter.advance(20)
  expect(meter.current).toEqual({
    phase: 'messages',
    done: 20,
    total: 100,
    ratePerSecond: 10,
    secondsLeft: 8,
  })
  meter.expect(20)
  expect(meter.current).not.toHaveProperty('secondsLeft')
  meter.begin('idle', 0)
  leave()
  meter.advance(1)
  expect(heard.map(({ phase }) => phase)).toEqual(['messages', 'messages', 'messages', 'idle'])
})

test.each([
  ['file', 'files'],
  ['rebase', 'rebasing'],
  ['class', 'classes'],
  ['pass', 'passed'],
  ['tag', 'tags'],
  ['turn', 'turned'],
])('%s and %s are one word', (one, other) => {
  expect(stemOf(one)).toBe(stemOf(other))
})
