import { expect, test } from 'vitest'
import { createReconciler } from '../../../daemon/memory/reconcile.ts'

/** A run that waits to be let through, and counts. */
function gated(): {
  run: (signal: AbortSignal) => Promise<void>
  runs: () => number
  open(): void
  fail(): void
} {
  let runs = 0
  let gate = Promise.withResolvers<void>()
  const pass = (settle: (gate: PromiseWithResolvers<void>) => void) => {
    const current = gate
    gate = Promise.withResolvers()
    settle(current)
  }
  return {
    runs: () => runs,
    run: (signal) => {
      runs += 1
      const aborted = new Promise<void>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')))
      })
      return Promise.race([gate.promise, aborted])
    },
    open: () => pass(({ resolve }) => resolve()),
    fail: () => pass(({ reject }) => reject(new Error('git is away'))),
  }
}

test('however much is noticed while a run goes on, one more run is enough', async () => {
  const { run, runs, open } = gated()
  const reconciler = createReconciler(run, () => {})
  for (let count = 0; count < 5; count += 1) reconciler.notice()
  expect(runs()).toBe(1)
  const settled = reconciler.settled()
  open()
  await new Promise(setImmediate)
  expect(runs()).toBe(2)
  open()
  await settled
  expect(runs()).toBe(2)
})

test('who waits, waits for a run that began after they asked', async () => {
  const { run, runs, open } = gated()
  const reconciler = createReconciler(run, () => {})
  reconciler.notice()
  let isDone = false
  const settled = reconciler.settled().then(() => (isDone = true))
  open()
  await new Promise(setImmediate)
  expect([isDone, runs()]).toEqual([false, 2])
  open()
  await settled
})

test('a run that fails is told of, and is tried again by itself', async () => {
  const failures: unknown[] = []
  const tried = Promise.withResolvers<void>()
  let runs = 0
  const reconciler = createReconciler(
    async () => {
      runs += 1
      if (runs === 1) throw new Error('git is away')
      tried.resolve()
    },
    (error) => failures.push(error),
  )
  await expect(reconciler.settled()).rejects.toThrow('git is away')
  expect(failures).toHaveLength(1)
  const awake = setInterval(() => {}, 1000)
  await tried.promise
  clearInterval(awake)
  expect(runs).toBe(2)
  await reconciler.close()
})

test('who waits behind a run that fails gets the outcome of their own', async () => {
  const { run, fail, open } = gated()
  const reconciler = createReconciler(run, () => {})
  reconciler.notice()
  const settled = reconciler.settled()
  fail()
  await new Promise(setImmediate)
  open()
  await expect(settled).resolves.toBeUndefined()
  await reconciler.close()
})

test('closing ends the run, waits for it, and nothing runs after', async () => {
  const failures: unknown[] = []
  const { run, runs } = gated()
  const reconciler = createReconciler(run, (error) => failures.push(error))
  reconciler.notice()
  reconciler.notice()
  await reconciler.close()
  reconciler.notice()
  await reconciler.settled()
  expect([runs(), failures]).toEqual([1, []])
})
