import { expect, test } from 'vitest'
import { busWith, committing, forever, listener } from './listeners.ts'

test('gates of one priority are asked at once, and heard in the order in which they came', async () => {
  const bus = busWith()
  const other = Promise.withResolvers<void>()
  bus.register(
    'pre-commit',
    listener('one', () => other.promise.then(() => ({ decision: 'deny' }))),
  )
  bus.register(
    'pre-commit',
    listener('two', () => [{ decision: 'deny' }, other.resolve()].at(0)),
  )
  const outcome = await bus.run('pre-commit', committing('a.ts'), forever)
  expect(outcome.deniedBy).toBe('one')
})
