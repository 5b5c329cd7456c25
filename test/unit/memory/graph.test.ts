import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCommitGraph, type CommitGraph } from '../../../daemon/memory/commit-graph.ts'
import { createCompleteness } from '../../../daemon/memory/completeness.ts'
import { createIdentities } from '../../../daemon/memory/identities.ts'
import { createReachability } from '../../../daemon/memory/reachability.ts'
import { formatLinks } from '../../../daemon/memory/references.ts'
import { createTies } from '../../../daemon/memory/ties.ts'
import { factsOf, oidOf } from './facts.ts'

/** Histories as lists of parents: each commit has up to two of those before it. */
const shapes = fc
  .array(fc.tuple(fc.nat(), fc.nat(), fc.nat(2)), { minLength: 1, maxLength: 30 })
  .map((commits) =>
    commits.map(([one, other, count], index) =>
      index === 0 ? [] : [one % index, other % index].slice(0, count).map((parent) => parent),
    ),
  )

function graphOf(
  shape: readonly (readonly number[])[],
  order: readonly number[] = [...shape.keys()],
): CommitGraph {
  const graph = createCommitGraph()
  for (const index of order) graph.add(factsOf(index, { parents: (shape[index] ?? []).map(oidOf) }))
  return graph
}

/** Ancestors by a walk that is too simple to be wrong. */
function ancestorsOf(shape: readonly (readonly number[])[], tips: readonly number[]): Set<number> {
  const seen = new Set<number>(tips)
  for (let index = shape.length - 1; index >= 0; index -= 1)
    if (seen.has(index)) for (const parent of shape[index] ?? []) seen.add(parent)
  return seen
}

const oidsMarked = (graph: CommitGraph, marks: Uint8Array): string[] =>
  [...graph.ordinals()]
    .filter((ordinal) => marks[ordinal] === 1)
    .map((ordinal) => graph.oid(ordinal))
    .toSorted()

test('the ancestors of commits are the same in whatever order the commits came', () => {
  const shuffled = shapes.chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
      fc.subarray([...shape.keys()]),
    ),
  )
  fc.assert(
    fc.property(shuffled, ([shape, order, tips]) => {
      const graph = graphOf(shape, order)
      const marks = graph.ancestors(tips.map((tip) => graph.ordinalOf(oidOf(tip)) ?? -1))
      expect(oidsMarked(graph, marks)).toEqual([...ancestorsOf(shape, tips)].map(oidOf).toSorted())
      expect(graph.size).toBe(shape.length)
    }),
  )
})

test('a look at the refs tells exactly what went and what came', () => {
  const looks = shapes.chain((shape) =>
    fc.tuple(fc.constant(shape), fc.array(fc.subarray([...shape.keys()]), { minLength: 2, maxLength: 5 })),
  )
  fc.assert(
    fc.property(looks, ([shape, [first = [], ...later]]) => {
      const graph = graphOf(shape)
      const reachability = createReachability(graph, first.map(oidOf))
      let before = ancestorsOf(shape, first)
      for (const tips of later) {
        const after = ancestorsOf(shape, tips)
        const { gone, came } = reachability.update(tips.map(oidOf))
        expect(gone.toSorted()).toEqual([...before.difference(after)].map(oidOf).toSorted())
        expect([...came].toSorted()).toEqual([...after.difference(before)].map(oidOf).toSorted())
        expect(reachability.countUnreachable()).toBe(shape.length - after.size)
        for (const index of shape.keys())
          expect(reachability.isReachable(oidOf(index))).toBe(after.has(index))
        before = after
      }
    }),
  )
})

test('a commit that came since the last look is taken for reachable until the next', () => {
  const graph = graphOf([[]])
  const reachability = createReachability(graph, [oidOf(0)])
  graph.add(factsOf(1, { parents: [oidOf(0)] }))
  expect(reachability.isReachable(oidOf(1))).toBe(true)
  expect(reachability.isReachable(oidOf('never seen'))).toBe(false)
  expect(reachability.update([oidOf(0)]).gone).toEqual([oidOf(1)])
})

test('a parent that is not known is no commit', () => {
  const graph = createCommitGraph()
  graph.add(factsOf('child', { parents: [oidOf('parent')] }))
  const parent = graph.ordinalOf(oidOf('parent')) ?? -1
  expect(graph.isKnown(parent)).toBe(false)
  expect(graph.size).toBe(1)
  expect([...graph.ordinals()]).toHaveLength(1)
  expect(graph.author(parent)).toEqual({ name: '', email: '' })
  graph.add(factsOf('parent'))
  expect(graph.isKnown(parent)).toBe(true)
})

test('a commit that comes twice counts once', () => {
  const graph = createCommitGraph()
  for (const subject of ['first', 'second']) graph.add(factsOf('one', { subject, paths: ['a', 'b', 'a'] }))
  expect([graph.size, graph.subject(0), graph.touching('a'), graph.paths(0)]).toEqual([
    1,
    'first',
    [0],
    ['a', 'b'],
  ])
  expect(graph.touching('c')).toEqual([])
})

test('what is complete is counted once, and what is not known is not counted', () => {
  const graph = graphOf([[], [0], [1]])
  const completeness = createCompleteness(graph, [oidOf(1), oidOf('unknown')])
  completeness.add([oidOf(1), oidOf(2)])
  expect(completeness.size).toBe(2)
  expect(completeness.missing().map((ordinal) => graph.oid(ordinal))).toEqual([oidOf(0)])
})

test('whatever is linked, nobody is their own past, and both ends agree', () => {
  const links = fc.array(fc.tuple(fc.nat(12), fc.nat(12)), { maxLength: 40 })
  fc.assert(
    fc.property(links, (pairs) => {
      const identities = createIdentities([])
      const kept = pairs.filter(([from, to]) => identities.link(oidOf(from), oidOf(to)))
      const reloaded = createIdentities(kept.map(([from, to]) => ({ from: oidOf(from), to: oidOf(to) })))
      for (let index = 0; index <= 12; index += 1) {
        const oid = oidOf(index)
        const was = identities.was(oid)
        expect(was).not.toContain(oid)
        expect(new Set(was).size).toBe(was.length)
        for (const old of was) expect(identities.latest(old)).toBe(identities.latest(oid))
        expect(identities.was(identities.latest(oid)).concat(identities.latest(oid))).toContain(oid)
        expect(identities.identityOf(oid)).toBe(was.at(-1) ?? oid)
        expect(reloaded.was(oid)).toEqual(was)
        expect(reloaded.latest(oid)).toBe(identities.latest(oid))
      }
    }),
  )
})

test('an episode is known by the oid it had first, however often it was rewritten', () => {
  const identities = createIdentities([
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
  ])
  expect(identities.link('c', 'a')).toBe(false)
  expect(identities.link('a', 'd')).toBe(false)
  expect(identities.link('c', 'd')).toBe(true)
  expect([identities.was('d'), identities.identityOf('d'), identities.latest('a')]).toEqual([
    ['c', 'b', 'a'],
    'a',
    'd',
  ])
})

test('ties lead from the commit that speaks to the one it speaks of, and back', () => {
  const graph = createCommitGraph()
  graph.add(factsOf('old'))
  graph.add(factsOf('new', { links: formatLinks([{ kind: 'fixes', oid: oidOf('old').slice(0, 10) }]) }))
  const ties = createTies(graph)
  const tie = { kind: 'fixes', from: oidOf('new'), to: oidOf('old') }
  expect([ties.from(1), ties.to(0), ties.from(0), ties.to(1), ties.count()]).toEqual([
    [tie],
    [tie],
    [],
    [],
    1,
  ])
})

test('a commit that is named by two abbreviations is tied once, by what tells most', () => {
  const graph = createCommitGraph()
  const old = oidOf('old')
  graph.add(factsOf('old'))
  const links = formatLinks([
    { kind: 'fixes', oid: old.slice(0, 8) },
    { kind: 'references', oid: old.slice(0, 12) },
    { kind: 'references', oid: old },
  ])
  graph.add(factsOf('new', { links }))
  expect(createTies(graph).from(1)).toEqual([{ kind: 'fixes', from: oidOf('new'), to: old }])
})

test('an abbreviation that fits two commits ties neither, and a commit is not tied to itself', () => {
  const graph = createCommitGraph()
  graph.add(factsOf('one', { oid: `abcdef1${'0'.repeat(33)}` }))
  graph.add(factsOf('two', { oid: `abcdef1${'1'.repeat(33)}` }))
  graph.add(
    factsOf('own', {
      links: formatLinks([
        { kind: 'fixes', oid: oidOf('own') },
        { kind: 'fixes', oid: 'abcdef1' },
      ]),
    }),
  )
  const ties = createTies(graph)
  expect(ties.count()).toBe(0)
  expect(new Set(ties.startingWith('abcdef1'))).toEqual(new Set([0, 1]))
  expect(ties.startingWith('fffffff')).toEqual([])
})

test('commits are found by any beginning of their oids', () => {
  const graph = createCommitGraph()
  const oids = Array.from({ length: 300 }, (_nothing, index) => oidOf(`commit ${index}`))
  oids.push('0'.repeat(40), 'f'.repeat(40), `${'f'.repeat(39)}0`)
  for (const oid of oids) graph.add(factsOf(oid, { oid }))
  const ties = createTies(graph)
  const found = (prefix: string) => ties.startingWith(prefix).map(graph.oid).toSorted()
  for (const oid of oids)
    for (const length of [1, 4, 7, 8, 9, 40]) {
      const prefix = oid.slice(0, length)
      expect(found(prefix)).toEqual(oids.filter((one) => one.startsWith(prefix)).toSorted())
    }
  expect(found('no oid')).toEqual([])
})

test('a revert that only quotes a subject is of the newest such commit before it', () => {
  const graph = createCommitGraph()
  const at = (name: string, committerTime: number, changed = {}) =>
    graph.add(factsOf(name, { subject: 'add tides', committerTime, ...changed }))
  at('first', 100)
  at('second', 200)
  at('later', 400)
  const links = formatLinks([{ kind: 'reverts', oid: '', subject: 'add tides' }])
  at('revert', 300, { subject: 'Revert "add tides"', links })
  expect(
    createTies(graph)
      .from(3)
      .map(({ to }) => to),
  ).toEqual([oidOf('second')])
})

test('ties are resolved again when the commit they name comes', () => {
  const graph = createCommitGraph()
  graph.add(factsOf('new', { links: formatLinks([{ kind: 'follows', oid: oidOf('old') }]) }))
  const ties = createTies(graph)
  expect(ties.count()).toBe(0)
  graph.add(factsOf('old'))
  expect(ties.to(1)).toHaveLength(1)
})
