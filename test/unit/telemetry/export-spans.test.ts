import { afterEach, beforeEach, expect, test } from 'vitest'
import { exportSpans } from '../../../daemon/telemetry/export-spans.ts'
import { beginTrace } from '../../../daemon/telemetry/trace.ts'
import { openCollector, type Collector } from '../../fixtures/collector.ts'

const noon = Date.UTC(2026, 0, 2, 12)
const times = { began: noon, ended: noon + 250 }
let collector: Collector

beforeEach(async () => void (collector = await openCollector()))
afterEach(() => collector.close())

test('spans reach a collector with the ids that the request came with', async () => {
  const spans = await exportSpans({ endpoint: collector.endpoint, version: '1.2.3' })
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const trace = beginTrace(traceId, `00-${traceId}-00f067aa0ba902b7-01`)
  const fresh = beginTrace('1'.repeat(32), undefined)
  spans.record({ name: 'recall', trace, ...times, attributes: { 'aios.route': 'recall' } })
  spans.record({ name: 'why', trace: fresh, ...times, attributes: {}, failure: 'path.unknown' })
  await spans.close()

  expect(collector.received.map(({ path }) => path)).toEqual(['/v1/traces'])
  const [recall, why] = collector.spans()
  expect(recall).toMatchObject({
    traceId,
    spanId: trace.spanId,
    parentSpanId: '00f067aa0ba902b7',
    name: 'recall',
    startTimeUnixNano: `${noon}000000`,
    endTimeUnixNano: `${noon + 250}000000`,
  })
  expect(why).toMatchObject({
    traceId: fresh.traceId,
    spanId: fresh.spanId,
    status: { message: 'path.unknown' },
  })
  expect(why).not.toHaveProperty('parentSpanId')
  expect(collector.received[0]?.body).toContain('"aios"')
})

test('what whoever began a trace does not keep is not sent', async () => {
  const spans = await exportSpans({ endpoint: collector.endpoint, version: '1' })
  const trace = beginTrace('1'.repeat(32), `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00`)
  spans.record({ name: 'recall', trace, ...times, attributes: {} })
  await spans.close()
  expect(collector.received).toEqual([])
})

test('a path that the address has already is not added again', async () => {
  const endpoint = `${collector.endpoint}/tenant/v1/traces`
  const spans = await exportSpans({ endpoint, version: '1' })
  spans.record({ name: 'a', trace: beginTrace('1'.repeat(32), undefined), ...times, attributes: {} })
  await spans.close()
  expect(collector.received.map(({ path }) => path)).toEqual(['/tenant/v1/traces'])
})

test('a collector that is not there costs a span and nothing else', async () => {
  const spans = await exportSpans({ endpoint: 'http://127.0.0.1:1', version: '1' })
  spans.record({ name: 'a', trace: beginTrace('1'.repeat(32), undefined), ...times, attributes: {} })
  await expect(spans.close()).resolves.toBeUndefined()
})
