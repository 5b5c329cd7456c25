import { expect, test } from 'vitest'
import { busWith, committing, forever, listener, resultsOf } from './listeners.ts'

test('who is to be skipped is not asked, alone or with all of its plugin; nobody else is', async () => {
  const bus = busWith()
  for (const id of ['secrets', 'large@one', 'large@two', 'larger'])
    bus.register(
      'pre-commit',
      listener(id, async () => ({ decision: 'allow' })),
    )
  const outcome = await bus.run('pre-commit', committing('a.ts'), forever, { skip: ['secrets', 'large'] })
  expect(resultsOf(outcome)).toEqual(['larger ok'])
})

test('whoever wants to know is told of those who come and go', async () => {
  const bus = busWith()
  const heard: boolean[] = []
  const stop = bus.onRegistered(() => heard.push(bus.isHeard('pre-commit')))
  bus.register(
    'pre-commit',
    listener('one', async () => undefined),
  )()
  stop()
  bus.register(
    'pre-commit',
    listener('two', async () => undefined),
  )
  expect(heard).toEqual([true, false])
})
