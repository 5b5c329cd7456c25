import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { beginTrace, childOf, createTraces, traceIdOf } from '../../../daemon/telemetry/trace.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parent = '00f067aa0ba902b7'
const good = `00-${traceId}-${parent}-01`

test('a traceparent is taken over', () => {
  expect(traceIdOf(good)).toBe(traceId)
  expect(beginTrace(traceId, good)).toMatchObject({ traceId, parentId: parent, isSampled: true })
  expect(beginTrace(traceId, good.replace(/01$/, '00')).isSampled).toBe(false)
  expect(traceIdOf(`cc-${traceId}-${parent}-01-what-comes-later`)).toBe(traceId)
})

test.each([
  undefined,
  '',
  traceId,
  `ff-${traceId}-${parent}-01`,
  `00-${traceId}-${parent}-01-more`,
  `00-${traceId.toUpperCase()}-${parent}-01`,
  `00-${'0'.repeat(32)}-${parent}-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `00-${traceId}-${parent}-1`,
  `${good}, ${good}`,
  `cc-${traceId}-${parent}-01-${'x'.repeat(300)}`,
])('what is no traceparent begins a trace of its own: %s', (header) => {
  expect(traceIdOf(header)).toMatch(/^[0-9a-f]{32}$/)
  expect(traceIdOf(header)).not.toBe(traceId)
  expect(beginTrace(traceId, header).parentId).toBeUndefined()
})

test('a trace is known on the way, two at once do not meet, and what goes on afterwards belongs to none', async () => {
  const traces = createTraces()
  const seen: (string | undefined)[] = []
  let later: Promise<string | undefined> = Promise.resolve(undefined)
  const answer = async (id: string) => {
    await sleep(1)
    seen.push(traces.current()?.traceId)
    later = sleep(20).then(() => traces.current()?.traceId)
    return id
  }
  const [one, other] = [beginTrace('1'.repeat(32), undefined), beginTrace('2'.repeat(32), undefined)]
  await Promise.all([one, other].map((trace) => traces.within(trace, () => answer(trace.traceId))))
  expect(seen).toEqual([one.traceId, other.traceId])
  expect(traces.current()).toBeUndefined()
  expect(await later).toBeUndefined()
})

test('a part of a trace is asked for by the part before it', () => {
  const trace = beginTrace(traceId, good)
  expect(childOf(trace)).toMatchObject({ traceId, parentId: trace.spanId })
  expect(childOf(trace).spanId).not.toBe(trace.spanId)
  expect(childOf(undefined).parentId).toBeUndefined()
})
