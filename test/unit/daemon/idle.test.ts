import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { createIdleExit } from '../../../daemon/idle.ts'
import { answersWith } from '../../http/answers.ts'

afterEach(() => {
  vi.useRealTimers()
})

test('a daemon that nobody asks ends, and one that waits for ever does not', () => {
  vi.useFakeTimers()
  const ended: string[] = []
  createIdleExit({ minutes: 5, isBusy: () => false, onIdle: () => ended.push('idle') })
  createIdleExit({ minutes: 0, isBusy: () => false, onIdle: () => ended.push('never') })
  vi.advanceTimersByTime(4.9 * 60_000)
  expect(ended).toEqual([])
  vi.advanceTimersByTime(60_000)
  expect(ended).toEqual(['idle'])
})

test('neither a question, nor a stream that somebody follows, nor work of its own is idleness', async () => {
  vi.useFakeTimers()
  const ended: string[] = []
  const answer = Promise.withResolvers<void>()
  let isBusy = false
  const idle = createIdleExit({ minutes: 5, isBusy: () => isBusy, onIdle: () => ended.push('idle') })
  const answers = idle.watching(
    answersWith({
      async stop() {
        await answer.promise
        return { pid: 1 }
      },
      async *events(_input, signal) {
        yield { seq: 1, id: 'e', type: 'memory.remembered', time: '2024-05-01T00:00:00Z', data: {} }
        await sleep(600_000, undefined, { signal })
      },
    }),
  )
  const signal = new AbortController().signal

  const stopping = answers.stop({}, signal)
  vi.advanceTimersByTime(20 * 60_000)
  answer.resolve()
  await stopping
  expect(ended).toEqual([])

  const events = answers.events({ follow: true }, signal)[Symbol.asyncIterator]()
  await events.next()
  vi.advanceTimersByTime(20 * 60_000)
  await events.return?.()
  isBusy = true
  vi.advanceTimersByTime(20 * 60_000)
  expect(ended).toEqual([])

  isBusy = false
  vi.advanceTimersByTime(6 * 60_000)
  expect(ended).toEqual(['idle'])
})

test('a daemon that is closing does not end a second time', () => {
  vi.useFakeTimers()
  const ended: string[] = []
  const idle = createIdleExit({ minutes: 1, isBusy: () => false, onIdle: () => ended.push('idle') })
  idle.close()
  vi.advanceTimersByTime(10 * 60_000)
  expect(ended).toEqual([])
})

test('who is there without asking keeps the daemon, until the last of them leaves', () => {
  vi.useFakeTimers()
  const ended: string[] = []
  const idle = createIdleExit({ minutes: 5, isBusy: () => false, onIdle: () => ended.push('idle') })
  const [first, second] = [idle.hold(), idle.hold()]
  vi.advanceTimersByTime(60 * 60_000)
  first()
  vi.advanceTimersByTime(60 * 60_000)
  expect(ended).toEqual([])
  second()
  vi.advanceTimersByTime(5 * 60_000)
  expect(ended).toEqual(['idle'])
})
