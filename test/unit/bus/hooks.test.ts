import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isHookName } from '../../../contract/hooks.ts'
import type { HookCall } from '../../../daemon/bus/hooks.ts'
import { busWith, committing, forever, listener, resultsOf } from './listeners.ts'

const recalling = { question: 'why a siphon' }
const finding = { message: 'a secret', severity: 'error' as const }
const never = () => new Promise(() => {})

test('a hook that nobody listens to says yes, at next to no cost', async () => {
  const bus = busWith()
  const data = committing('a.ts')
  const outcome = await bus.run('pre-commit', data, forever)
  expect(outcome).toEqual({ hook: 'pre-commit', decision: 'allow', data, findings: [], results: [] })
  expect(outcome.data).toBe(data)
  expect({ isHeard: bus.isHeard('pre-commit'), records: bus.records }).toEqual({
    isHeard: false,
    records: [],
  })
})

test('the first who denies decides, all of its priority are told, and lower ones are skipped', async () => {
  const bus = busWith()
  const asked: string[] = []
  const answering = (id: string, decision: 'allow' | 'deny', priority = 0) =>
    bus.register(
      'pre-commit',
      listener(id, () => [{ decision, findings: [finding] }, asked.push(id)].at(0), { priority }),
    )
  answering('late', 'allow', -1)
  answering('one', 'allow')
  answering('two', 'deny')
  answering('three', 'deny')
  answering('first', 'allow', 1)
  const outcome = await bus.run('pre-commit', committing('a.ts'), forever)
  expect(outcome).toMatchObject({ decision: 'deny', deniedBy: 'two' })
  expect(asked).toEqual(['first', 'one', 'two', 'three'])
  expect(outcome.findings.map((one) => one.listener)).toEqual(asked)
  expect(resultsOf(outcome)).toEqual(['first ok', 'one ok', 'two ok', 'three ok', 'late skipped'])
})

test('listeners are asked by priority, equals in the order in which they came', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: -2, max: 2 }), { maxLength: 12 }), async (priorities) => {
      const bus = busWith()
      const asked: number[] = []
      for (const [index, priority] of priorities.entries()) {
        bus.register(
          'post-commit',
          listener(`${index}`, () => void asked.push(index), { priority }),
        )
      }
      const { repository, root } = committing()
      await bus.run('post-commit', { repository, root }, forever)
      const expected = priorities.map((priority, index) => ({ priority, index }))
      expected.sort((a, b) => b.priority - a.priority || a.index - b.index)
      expect(asked).toEqual(expected.map(({ index }) => index))
      expect(bus.listeners().map(({ id }) => Number(id))).toEqual(asked)
    }),
    { numRuns: 50 },
  )
})

test('who is to be asked once is asked once, by however many runs at a time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.nat(3), async (runs, delay) => {
      const bus = busWith()
      let asked = 0
      const slow = async () => {
        for (let tick = 0; tick < delay; tick++) await Promise.resolve()
      }
      bus.register('pre-commit', listener('slow', slow))
      bus.register(
        'pre-commit',
        listener('once', () => void (asked += 1), { once: true }),
      )
      await Promise.all(Array.from({ length: runs }, () => bus.run('pre-commit', committing('a'), forever)))
      expect(asked).toBe(1)
      expect(bus.listeners().map(({ id }) => id)).toEqual(['slow'])
    }),
    { numRuns: 50 },
  )
})

test('who was not concerned or not reached has still to be asked once', async () => {
  const bus = busWith()
  const asked: string[] = []
  const once = { once: true, filter: { paths: ['**/*.md'] } }
  bus.register(
    'pre-commit',
    listener('once', ({ id }) => void asked.push(id), once),
  )
  const unregister = bus.register(
    'pre-commit',
    listener('no', () => ({ decision: 'deny' }), { priority: 1 }),
  )
  await bus.run('pre-commit', committing('a.md'), forever)
  unregister()
  expect(resultsOf(await bus.run('pre-commit', committing('a.ts'), forever))).toEqual([])
  expect(resultsOf(await bus.run('pre-commit', committing('a.md'), forever))).toEqual(['once ok'])
  expect(asked).toHaveLength(1)
})

test.each([
  [{ paths: ['src/**'] }, true],
  [{ paths: ['docs/**', '*.ts'] }, false],
  [{ branches: ['topic/*'] }, true],
  [{ branches: ['main'] }, false],
  [{ authors: ['ada@example.com'] }, true],
  [{ authors: ['*@example.org'] }, false],
  [{ paths: ['src/**'], branches: ['main'] }, false],
  [{ paths: [] }, false],
  [{}, true],
])('a listener for %j is asked: %s', async (filter, isAsked) => {
  const bus = busWith()
  bus.register(
    'pre-commit',
    listener('one', () => ({ decision: 'deny' }), { filter }),
  )
  const { decision } = await bus.run('pre-commit', committing('src/deep/pump.ts'), forever)
  expect(decision).toBe(isAsked ? 'deny' : 'allow')
})

test('a patch is seen by the next listener and by the caller, and nobody changes what others were given', async () => {
  const bus = busWith()
  const seen: unknown[] = []
  const change = ({ data }: HookCall) => void Object.assign(Object(data), { limit: 1 })
  const amend = (question: string) => ({ patch: [{ op: 'replace', path: '/question', value: question }] })
  bus.register('before:recall', listener('zero', change))
  bus.register(
    'before:recall',
    listener('one', ({ data }) => [seen.push(data), amend('pump')].at(1)),
  )
  bus.register('before:recall', listener('two', change))
  bus.register(
    'before:recall',
    listener('three', ({ data }) => void seen.push(data)),
  )
  const given = { ...recalling }
  const outcome = await bus.run('before:recall', given, forever)
  expect(seen).toEqual([recalling, { question: 'pump' }])
  expect(outcome).toMatchObject({ decision: 'allow', data: { question: 'pump' } })
  expect(given).toEqual(recalling)
  expect(resultsOf(outcome)).toEqual(['zero failed', 'one ok', 'two failed', 'three ok'])
  expect(Object.isFrozen(outcome.data)).toBe(false)
})

test.each([
  ['touches what it may not', { patch: [{ op: 'add', path: '/repository', value: 'other' }] }],
  ['breaks the schema', { patch: [{ op: 'replace', path: '/question', value: '' }] }],
  ['adds what the schema does not know', { patch: [{ op: 'add', path: '/filters', value: { who: 'me' } }] }],
  ['reaches a prototype', { patch: [{ op: 'add', path: '/filters/__proto__/x', value: 1 }] }],
  ['is no patch', { patch: 'question' }],
  ['holds more than an answer may', { patch: [], also: 1 }],
  ['is no object', 'yes'],
  ['decides what does not exist', { decision: 'perhaps' }],
])('an answer that %s is recorded and dropped', async (_what, answer) => {
  const bus = busWith()
  const last = { patch: [{ op: 'add', path: '/limit', value: 3 }] }
  bus.register(
    'before:recall',
    listener('bad', () => answer),
  )
  bus.register(
    'before:recall',
    listener('good', () => last),
  )
  const outcome = await bus.run('before:recall', recalling, forever)
  expect(outcome.data).toEqual({ ...recalling, limit: 3 })
  expect(resultsOf(outcome)).toEqual(['bad invalid', 'good ok'])
  expect(bus.records.map(resultsOf)).toEqual([['bad invalid', 'good ok']])
})

test('what throws, hangs or lies about its message is recorded, and the others are asked', async () => {
  const bus = busWith()
  const hostile = new Error('hidden')
  Object.defineProperty(hostile, 'message', {
    get: () => {
      throw new Error('again')
    },
  })
  let wasAborted = false
  const hanging = (_call: HookCall, signal: AbortSignal) => {
    signal.addEventListener('abort', () => (wasAborted = true))
    return never()
  }
  bus.register('pre-commit', { id: 'sync', handle: () => thrown(new Error('at once')) })
  bus.register(
    'pre-commit',
    listener('hostile', () => thrown(hostile)),
  )
  bus.register('pre-commit', listener('hanging', hanging, { timeoutMs: 20 }))
  bus.register(
    'pre-commit',
    listener('good', () => ({ decision: 'deny' })),
  )
  const outcome = await bus.run('pre-commit', committing('a'), forever)
  expect(resultsOf(outcome)).toEqual(['sync failed', 'hostile failed', 'hanging timeout', 'good ok'])
  expect(outcome.results[0]?.message).toBe('at once')
  expect({ wasAborted, deniedBy: outcome.deniedBy }).toEqual({ wasAborted: true, deniedBy: 'good' })
})

test('what comes after the deadline changes nothing, whether it is an answer or a failure', async () => {
  const bus = busWith()
  const late = Promise.withResolvers<unknown>()
  const lateToo = Promise.withResolvers<unknown>()
  bus.register(
    'before:recall',
    listener('late', () => late.promise, { timeoutMs: 10 }),
  )
  bus.register(
    'before:recall',
    listener('late too', () => lateToo.promise, { timeoutMs: 10 }),
  )
  const outcome = await bus.run('before:recall', recalling, forever)
  late.resolve({ decision: 'deny', patch: [{ op: 'replace', path: '/question', value: 'late' }] })
  lateToo.reject(new Error('late'))
  await new Promise((resolve) => setImmediate(resolve))
  expect(outcome).toMatchObject({ decision: 'allow', data: recalling, findings: [] })
})

test.each([
  ['allow by default', {}, 'allow'],
  ['deny for everyone', { onFailure: 'deny' as const }, 'deny'],
  ['deny for this one', { listeners: new Map([['dead', { onFailure: 'deny' as const }]]) }, 'deny'],
  [
    'allow for this one',
    { onFailure: 'deny' as const, listeners: new Map([['dead', { onFailure: 'allow' as const }]]) },
    'allow',
  ],
])('what a dead gate means is the policy: %s', async (_what, policy, decision) => {
  const bus = busWith(policy)
  bus.register(
    'pre-commit',
    listener('dead', () => thrown(new Error('dead'))),
  )
  const outcome = await bus.run('pre-commit', committing('a'), forever)
  expect(outcome.decision).toBe(decision)
  expect(outcome.results[0]).toMatchObject({ status: 'failed', message: 'dead' })
})

test('where nothing can be refused, no policy refuses it', async () => {
  const bus = busWith({ onFailure: 'deny' })
  const { repository, root } = committing()
  bus.register(
    'post-commit',
    listener('dead', () => thrown(new Error('dead'))),
  )
  expect((await bus.run('post-commit', { repository, root }, forever)).decision).toBe('allow')
  const answer = { question: '?', kind: 'prose' as const, hits: [], abstained: false, tookMs: 1 }
  bus.register(
    'after:recall',
    listener('refusing', () => ({ decision: 'deny' })),
  )
  const outcome = await bus.run('after:recall', answer, forever)
  expect({ decision: outcome.decision, results: resultsOf(outcome) }).toEqual({
    decision: 'allow',
    results: ['refusing invalid'],
  })
})

test('nobody gets more time than the policy gives', async () => {
  const bus = busWith({ longestTimeoutMs: 20 })
  bus.register('pre-commit', listener('greedy', never, { timeoutMs: 600_000 }))
  expect(resultsOf(await bus.run('pre-commit', committing('a'), forever))).toEqual(['greedy timeout'])
})

test('a shadow reports, and neither decides, amends nor is required', async () => {
  const bus = busWith({ onFailure: 'deny' })
  const shadow = { mode: 'shadow' as const }
  const patch = [{ op: 'replace', path: '/question', value: 'changed' }]
  bus.register(
    'before:recall',
    listener('no', () => ({ decision: 'deny', patch, findings: [finding] }), shadow),
  )
  bus.register(
    'before:recall',
    listener('dead', () => thrown(new Error('dead')), shadow),
  )
  const outcome = await bus.run('before:recall', recalling, forever)
  expect(outcome).toMatchObject({ decision: 'allow', data: recalling })
  expect(outcome.findings).toEqual([{ ...finding, listener: 'no', shadow: true }])
  expect(outcome.results).toMatchObject([
    { decision: 'deny', shadow: true },
    { status: 'failed', shadow: true },
  ])
})

test('of a parallel hook everyone is asked at once, and listed in the order of registration', async () => {
  const bus = busWith()
  const second = Promise.withResolvers<unknown>()
  bus.register(
    'after:simulate',
    listener('one', () => second.promise),
  )
  bus.register(
    'after:simulate',
    listener('two', () => [second.resolve({ at: 1 }), { at: 2 }].at(1), { priority: 9 }),
  )
  bus.register(
    'after:simulate',
    listener('three', () => thrown(new Error('no'))),
  )
  const proposal = { id: '1', title: 'More words', branch: 'aios/1' }
  const outcome = await bus.run('after:simulate', { repository: 'tide-1', proposal, measures: {} }, forever)
  expect(resultsOf(outcome)).toEqual(['one ok', 'two ok', 'three failed'])
  expect(outcome.results.map(({ value }) => value)).toEqual([{ at: 1 }, { at: 2 }, undefined])
})

test('two listeners that trigger each other come to an end', async () => {
  const bus = busWith()
  const asked: string[] = []
  const nested: string[][] = []
  const trigger = (id: string) =>
    listener(id, async (call) => {
      asked.push(`${id} at ${call.depth} after ${call.chain.slice(0, -1).join(',')}`)
      nested.push(resultsOf(await bus.run('before:recall', recalling, forever, { parent: call })))
    })
  bus.register('before:recall', trigger('one'))
  bus.register('before:recall', trigger('two'))
  const outcome = await bus.run('before:recall', recalling, forever)
  expect(resultsOf(outcome)).toEqual(['one ok', 'two ok'])
  expect(asked).toEqual(['one at 0 after ', 'two at 1 after one', 'two at 0 after ', 'one at 1 after two'])
  expect(nested[0]).toEqual(['one refused', 'two refused'])
})

test('runs inside runs end at a depth, whoever is asked', async () => {
  const bus = busWith()
  let deepest = 0
  const descend = (level: number) =>
    listener(`level ${level}`, async (call) => {
      deepest = Math.max(deepest, call.depth)
      await bus.run('before:recall', recalling, forever, { parent: call })
    })
  for (let level = 0; level < 7; level++) bus.register('before:recall', descend(level))
  await bus.run('before:recall', recalling, AbortSignal.timeout(20_000))
  expect(deepest).toBe(4)
})

test('who leaves during a run is not asked any more', async () => {
  const bus = busWith()
  const leave = { now: () => {} }
  bus.register(
    'pre-commit',
    listener('one', () => leave.now()),
  )
  leave.now = bus.register(
    'pre-commit',
    listener('two', () => ({ decision: 'deny' })),
  )
  expect(resultsOf(await bus.run('pre-commit', committing('a'), forever))).toEqual(['one ok'])
})

test('a caller who goes away ends the run, and the listener is told', async () => {
  const bus = busWith()
  const caller = new AbortController()
  const asked: string[] = []
  const hang = (_call: HookCall, signal: AbortSignal) => {
    signal.addEventListener('abort', () => asked.push('told'))
    caller.abort(new Error('gone'))
    return never()
  }
  bus.register('pre-commit', listener('one', hang))
  bus.register(
    'pre-commit',
    listener('two', () => void asked.push('two')),
  )
  await expect(bus.run('pre-commit', committing('a'), caller.signal)).rejects.toThrow('gone')
  expect(asked).toEqual(['told'])
})

test.each([
  ['pre-commit', true],
  ['before:why', true],
  ['after:timeline', true],
  ['before:stop', false],
  ['before:setConfig', false],
  ['schedule:nightly', true],
  ['schedule:Nightly', false],
  ['schedule:', false],
  ['schedule:a:b', false],
  ['schedule:<name>', false],
  ['before:<command>', false],
  ['before:why:why', false],
  ['toString', false],
])('%s is a hook: %s', (name, isOne) => {
  expect(isHookName(name)).toBe(isOne)
})

function thrown(error: Error): never {
  throw error
}
