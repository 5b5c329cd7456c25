import { expect, test } from 'vitest'
import { forever, rememberRepository } from '../../fixtures/memory.ts'
import { createAlarmGauge } from '../../../daemon/memory/alarm.ts'
import { companionsOf } from '../../../daemon/memory/cochange.ts'
import { createCommitGraph, type CommitGraph } from '../../../daemon/memory/commit-graph.ts'
import { context } from '../../../daemon/memory/context.ts'
import { related } from '../../../daemon/memory/related.ts'
import { loadTokenCounter } from '../../../daemon/memory/tokens.ts'
import { factsOf, oidOf } from './facts.ts'
import { createWorkshop } from './workshop.ts'

/** A graph of commits that follow each other, each with its paths. */
function graphOf(commits: readonly (readonly string[])[]): CommitGraph {
  const graph = createCommitGraph()
  commits.forEach((paths, index) => graph.add(factsOf(index, { paths, committerTime: 1000 + index })))
  return graph
}

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

test('files that change together are found, the surest first, with the commits that show it', () => {
  const graph = graphOf([['a', 'b'], ['a', 'b', 'c'], ['a', 'b'], ['a'], ['c']])
  const found = companionsOf(['a'], graph)
  expect(found.map(({ path, support }) => [path, support])).toEqual([
    ['b', 3],
    ['c', 1],
  ])
  expect(found[0]?.evidence.map((ordinal) => graph.oid(ordinal))).toEqual([2, 1, 0].map(oidOf))
  expect(found[0]?.confidence).toBeCloseTo(3 / 5)
})

test('what was asked about is no answer, nor is what swept through everything, nor a merge', () => {
  const everything = times(60, (index) => `file${index}`)
  const graph = graphOf([
    ['a', 'b'],
    ['a', ...everything],
  ])
  graph.add(factsOf('merge', { paths: ['a', 'z'], parents: [oidOf(0), oidOf(1)] }))
  expect(companionsOf(['a', 'b'], graph)).toEqual([])
  expect(companionsOf(['a'], graph).map(({ path }) => path)).toEqual(['b'])
  expect(companionsOf(['unknown'], graph)).toEqual([])
})

test('only what is visible counts', () => {
  const graph = graphOf([
    ['a', 'b'],
    ['a', 'c'],
    ['a', 'c'],
  ])
  expect(companionsOf(['a'], graph, (ordinal) => ordinal === 0).map(({ path }) => path)).toEqual(['b'])
})

test('the alarm is as sure as it was right in the past', () => {
  const steady = graphOf(times(120, (index) => (index % 2 === 0 ? ['a', 'b'] : [`x${index}`, `y${index}`])))
  const { threshold, precision } = createAlarmGauge(steady).read(0.9)
  expect(threshold).toBeDefined()
  expect(precision).toBeGreaterThanOrEqual(0.9)
})

test('a history without habits raises no alarm', () => {
  const pseudo = (index: number, step: number) => `file${(index * step * 7919) % 61}`
  const random = graphOf(
    times(200, (index) => [...new Set([pseudo(index, 1), pseudo(index, 3), pseudo(index, 5)])]),
  )
  expect(createAlarmGauge(random).read(0.6)).toEqual({ threshold: undefined, precision: undefined })
  expect(createAlarmGauge(graphOf([['a', 'b']])).read(0.6).threshold).toBeUndefined()
})

test('the alarm is calibrated without a look into the future', () => {
  // Each pair changes once: only who saw that very commit, or a later one, could know what belongs to it.
  const pairs = times(100, (index) => [`left${index}`, `right${index}`])
  expect(createAlarmGauge(graphOf(pairs)).read(0.1)).toEqual({ threshold: undefined, precision: undefined })
  const sameMoment = createCommitGraph()
  pairs.forEach((paths, index) => {
    sameMoment.add(factsOf(`one ${index}`, { paths, committerTime: 5000 }))
    sameMoment.add(factsOf(`other ${index}`, { paths, committerTime: 5000 }))
  })
  expect(createAlarmGauge(sameMoment).read(0.1).threshold).toBeUndefined()

  // Only the second time is it known, and then each time.
  const twice = graphOf([...pairs, ...pairs])
  expect(createAlarmGauge(twice).read(0.9).precision).toBe(1)
})

test('an alarm that named another file than the one that was missing counts as wrong', () => {
  // Of the two files that change with `hub`, the likelier is named, and a third of the time the other is missing.
  const commits = times(200, (index) => (index % 3 === 0 ? ['hub', 'one'] : ['hub', 'two']))
  const { precision } = createAlarmGauge(graphOf(commits)).read(0)
  expect(precision).toBeGreaterThan(0.6)
  expect(precision).toBeLessThan(0.9)
})

test('what is measured a little at a time is the same, and is not measured again', async () => {
  const commits = times(200, (index) => (index % 3 === 0 ? ['hub', 'one'] : ['hub', 'two']))
  const [early, late] = [createAlarmGauge(graphOf(commits)), createAlarmGauge(graphOf(commits))]
  const given = AbortSignal.abort()
  await early.prepare(0.5, given)
  const preparing = early.prepare(0.5, forever)
  const others = new Promise((resolve) => void setImmediate(() => setImmediate(() => resolve('heard'))))
  expect(await Promise.race([preparing, others])).toBe('heard')
  await preparing
  const prepared = early.read(0.5)
  expect(prepared).toEqual(late.read(0.5))
  await early.prepare(0.5, forever)
  expect(early.read(0.5)).toBe(prepared)
})

test('what was measured holds until the history has grown by a tenth', () => {
  const graph = graphOf(times(100, (index) => (index % 2 === 0 ? ['a', 'b'] : [`x${index}`, `y${index}`])))
  const gauge = createAlarmGauge(graph)
  const first = gauge.read(0.6)
  graph.add(factsOf('one more', { paths: ['a', 'b'], committerTime: 3000 }))
  expect(gauge.read(0.6)).toBe(first)
  expect(gauge.read(0.7)).not.toBe(first)
})

test('a file that is missing from the staged change is named, with the precision of such alarms', async () => {
  const shop = createWorkshop()
  for (let index = 0; index < 40; index += 1) {
    shop.pass(60)
    shop.work(`both ${index}`, { 'api.ts': `${index}\n`, 'docs.md': `${index}\n` })
  }
  shop.write('api.ts', 'staged\n')
  shop.git('add', 'api.ts')
  const { memory, questions } = await rememberRepository(shop.path)
  const answer = await related(
    { repository: 'r1', paths: [], staged: true },
    { memory, ...questions },
    forever,
  )
  expect(answer).toMatchObject({ asked: ['api.ts'], abstained: false })
  expect(answer.files).toMatchObject([{ path: 'docs.md', missing: true }])
  expect(answer.precision).toBeGreaterThan(0.6)

  shop.git('rm', '--quiet', 'docs.md')
  shop.pass(60)
  shop.work('no more docs')
  expect(
    (await related({ repository: 'r1', paths: ['api.ts'] }, { memory, ...questions }, forever)).files,
  ).toEqual([])
})

test('who asks about nothing, or about what nobody touched, is told so', async () => {
  const shop = createWorkshop()
  shop.work('one', { 'a.ts': 'a\n', 'b.ts': 'b\n' })
  const { memory, questions } = await rememberRepository(shop.path)
  const parts = { memory, ...questions }
  const reasons = await Promise.all(
    [{ paths: [] }, { paths: [], staged: true }, { paths: ['c.ts'] }, { paths: ['a.ts'] }].map(
      async (input) => (await related({ repository: 'r1', ...input }, parts, forever)).reason,
    ),
  )
  expect(reasons).toEqual([
    expect.stringContaining('No path was named'),
    'Nothing is staged.',
    'No remembered commit touches these paths.',
    'Nothing changes together with these often enough.',
  ])
})

test('of a staged change, what is not surely missing is not said to change alone', async () => {
  const shop = createWorkshop()
  for (let index = 0; index < 12; index += 1) {
    shop.pass(60)
    const pair = index % 2 === 0 ? { 'b.ts': `${index}\n` } : {}
    shop.work(`change ${index}`, { 'a.ts': `${index}\n`, ...pair })
  }
  shop.write('a.ts', 'staged\n')
  shop.git('add', 'a.ts')
  const { memory, questions } = await rememberRepository(shop.path)
  const staged = { repository: 'r1', paths: [], staged: true }
  const asked = {
    memory: { ...memory, alarm: { ...memory.alarm, read: () => ({ threshold: 0.9, precision: 0.9 }) } },
    ...questions,
  }
  expect(await related(staged, asked, forever)).toMatchObject({
    files: [],
    reason: 'Nothing that changes together with these is surely missing.',
  })
  const unproven = {
    ...asked,
    memory: {
      ...memory,
      alarm: { ...memory.alarm, read: () => ({ threshold: undefined, precision: undefined }) },
    },
  }
  expect((await related(staged, unproven, forever)).reason).toContain('such alarms were right less than')
  const packed = await context(
    { repository: 'r1', staged: true },
    { ...asked, countTokens: loadTokenCounter },
    forever,
  )
  expect(packed.blocks.map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^What changes together with these:\nb\.ts \(6 commits, \d\d %\)/),
  )
})
