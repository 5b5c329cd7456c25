import { expect, test } from 'vitest'
import { createWorkshop, forever, hour, minute, noon } from './workshop.ts'

test('who listens is asked when it is due, once for each repository', async () => {
  const { clock, listen, asked } = createWorkshop()
  listen('daily')
  await clock.pass(15 * hour)
  expect(asked).toEqual([])

  await clock.pass(2 * hour)
  expect(asked).toEqual(['daily tide 03-03T04:00', 'daily moon 03-03T04:00'])
  await clock.pass(23 * hour)
  expect(asked.slice(2)).toEqual(['daily tide 03-04T04:00', 'daily moon 03-04T04:00'])
})

test('while nobody listens no timer runs, and what was due then was not missed', async () => {
  const { clock, listen, asked } = createWorkshop()
  await clock.pass(50 * hour)
  expect(clock.timers()).toBe(0)

  const leave = listen('daily')
  await clock.pass(10 * hour)
  expect(asked).toEqual([])
  leave()
  await clock.pass(48 * hour)
  expect(clock.timers()).toBe(0)
  listen('daily')
  await clock.pass(minute)
  expect(asked).toEqual([])
})

test('a listener that is gone for a moment, as one that is loaded anew, misses nothing', async () => {
  const { clock, listen, asked, repositories } = createWorkshop()
  repositories.splice(1)
  const leave = listen('hourly')
  await clock.pass(hour - 10_000)
  leave()
  await clock.pass(20_000)
  listen('hourly')
  await clock.pass(5_000)

  expect(asked).toEqual(['hourly tide 03-02T13:00'])
})

test('what a machine slept over is made up for once', async () => {
  const { clock, listen, asked } = createWorkshop()
  listen('hourly')
  await clock.pass(10 * minute)
  clock.sleep(3 * hour)
  await clock.pass(minute)

  expect(asked).toEqual(['hourly tide 03-02T15:00 late', 'hourly moon 03-02T15:00 late'])
  await clock.pass(hour)
  expect(asked.slice(2)).toEqual(['hourly tide 03-02T16:00', 'hourly moon 03-02T16:00'])
})

test('what was due while no daemon ran is made up for once, and not for a repository that is new', async () => {
  const first = createWorkshop()
  first.listen('daily')
  await first.clock.pass(17 * hour)
  const { clock, listen, asked, repositories } = first.restart()
  clock.now += 72 * hour
  repositories.push('new')
  listen('daily')
  await clock.pass(minute)

  expect(asked).toEqual(['daily tide 03-06T04:00 late', 'daily moon 03-06T04:00 late'])
  await clock.pass(24 * hour)
  expect(asked.slice(2)).toEqual(['tide', 'moon', 'new'].map((name) => `daily ${name} 03-07T04:00`))
})

test('a clock that is set back a little makes nothing run again', async () => {
  const { clock, listen, asked } = createWorkshop()
  listen('daily')
  await clock.pass(17 * hour)
  clock.now -= 2 * hour
  await clock.pass(20 * hour)
  expect(asked).toHaveLength(2)

  await clock.pass(6 * hour)
  expect(asked).toHaveLength(4)
})

test('a clock that was far ahead does not keep a schedule waiting until it is there again', async () => {
  const { clock, listen, asked } = createWorkshop()
  clock.now += 365 * 24 * hour
  listen('hourly')
  await clock.pass(hour)
  expect(asked).toHaveLength(2)
  clock.now = noon
  await clock.pass(hour + minute)

  expect(asked.slice(2)).toEqual(['hourly tide 03-02T13:00', 'hourly moon 03-02T13:00'])
})

test('an expression that is changed holds from then on, and what it would have been due at is not made up', async () => {
  const { clock, listen, asked, schedules, scheduler } = createWorkshop()
  listen('daily')
  await clock.pass(hour)
  schedules['daily'] = '30 12 * * *'
  scheduler.notice()
  await clock.pass(22 * hour)
  expect(asked).toEqual([])

  await clock.pass(2 * hour)
  expect(asked).toEqual(['daily tide 03-03T12:30', 'daily moon 03-03T12:30'])
})

test('a file that was edited is read again while somebody listens, without anybody asking', async () => {
  const { clock, listen, asked, schedules, edits } = createWorkshop()
  listen('daily')
  await clock.pass(hour)
  edits.push(() => void (schedules['daily'] = '30 13 * * *'))
  await clock.pass(hour)

  expect(asked).toEqual(['daily tide 03-02T13:30', 'daily moon 03-02T13:30'])
})

test('a schedule that is taken away is forgotten, and begins anew when it comes back', async () => {
  const { clock, listen, asked, schedules, journal } = createWorkshop()
  listen('daily')
  await clock.pass(minute)
  expect(journal.schedules.all()).toHaveLength(2)
  delete schedules['daily']
  await clock.pass(48 * hour)
  expect(journal.schedules.all()).toEqual([])

  schedules['daily'] = '0 4 * * *'
  await clock.pass(minute)
  expect(asked).toEqual([])
})

test('a run that goes on is not begun again, by nobody, and what passes meanwhile is passed over', async () => {
  const { clock, listen, asked, scheduler, repositories } = createWorkshop()
  repositories.splice(1)
  const gate = Promise.withResolvers<void>()
  listen('hourly', () => gate.promise)
  await clock.pass(3.5 * hour)

  expect(asked).toEqual(['hourly tide 03-02T13:00'])
  expect(scheduler.isRunning('hourly', 'tide')).toBe(true)
  await expect(scheduler.run('hourly', 'tide', forever)).rejects.toMatchObject({ code: 'schedule.running' })
  gate.resolve()
  await clock.pass(20 * minute)
  expect(asked).toHaveLength(1)
  await clock.pass(20 * minute)
  expect(asked.slice(1)).toEqual(['hourly tide 03-02T16:00'])
})

test('who asks for a run gets it now, and when it is due next stays as it was', async () => {
  const { clock, listen, asked, scheduler, journal } = createWorkshop()
  listen('daily')
  await clock.pass(minute)
  const { results } = await scheduler.run('daily', 'tide', forever)

  expect(results).toMatchObject([{ listener: 'listener of daily', status: 'ok' }])
  expect(asked).toEqual(['daily tide 03-02T12:01'])
  expect(journal.schedules.all().map(({ repository, ranAt }) => [repository, ranAt])).toEqual([
    ['moon', undefined],
    ['tide', noon + minute],
  ])
  await clock.pass(16 * hour)
  expect(asked).toHaveLength(3)
})

test('a listener that fails is recorded, and asked the next time as if nothing had been', async () => {
  const { clock, listen, outcomes, troubles, asked } = createWorkshop()
  listen('hourly', async () => {
    throw new Error('low tide')
  })
  await clock.pass(2 * hour)

  expect(asked).toHaveLength(4)
  const result = { listener: 'listener of hourly', status: 'failed', message: 'low tide' }
  expect(outcomes.flatMap(({ results }) => results)).toMatchObject([result, result, result, result])
  expect(troubles).toEqual([])
})

test('a scheduler that closes ends what goes on, begins nothing, and leaves nothing to be run twice', async () => {
  const first = createWorkshop()
  const signals: AbortSignal[] = []
  first.listen('hourly', (signal) => {
    signals.push(signal)
    return new Promise(() => {})
  })
  await first.clock.pass(hour)
  expect(first.asked).toEqual(['hourly tide 03-02T13:00'])
  await first.scheduler.close()

  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  first.scheduler.notice()
  expect(first.clock.timers()).toBe(0)
  expect(first.troubles).toEqual([])
  const { clock, listen, asked } = first.restart()
  listen('hourly')
  await clock.pass(minute)
  // The one that was begun is not begun again; the one that waited for its turn is.
  expect(asked).toEqual(['hourly moon 03-02T13:00'])
})

test('a repository that is forgotten while it waits for its turn is not asked about, nor kept', async () => {
  const { clock, listen, asked, repositories, journal } = createWorkshop()
  const gate = Promise.withResolvers<void>()
  listen('hourly', () => gate.promise)
  await clock.pass(hour)
  repositories.splice(1)
  journal.forget('moon')
  gate.resolve()
  await clock.pass(hour)

  expect(asked).toEqual(['hourly tide 03-02T13:00', 'hourly tide 03-02T14:00'])
  expect(journal.schedules.all().map(({ repository }) => repository)).toEqual(['tide'])
})

test('a journal that cannot be written keeps a run from beginning, and is tried again later', async () => {
  const { clock, listen, asked, troubles, journal } = createWorkshop()
  listen('hourly')
  await clock.pass(10 * minute)
  journal.close()
  await clock.pass(hour)

  expect(asked).toEqual([])
  expect(troubles.length).toBeGreaterThan(1)
  expect(troubles.length).toBeLessThan(200)
})

test('repositories have their turns one after the other, also when the next time comes meanwhile', async () => {
  const { clock, listen, asked } = createWorkshop()
  const gate = Promise.withResolvers<void>()
  listen('hourly', () => gate.promise)
  await clock.pass(2.5 * hour)
  expect(asked).toEqual(['hourly tide 03-02T13:00'])
  gate.resolve()
  await clock.pass(minute)

  expect(asked.slice(1)).toEqual(['hourly moon 03-02T13:00'])
})

test('listeners that come one after the other are asked together of what was missed', async () => {
  const first = createWorkshop()
  first.repositories.splice(1)
  first.listen('hourly')
  await first.clock.pass(minute)
  const { clock, listen, asked } = first.restart()
  clock.now += 2 * hour
  listen('hourly')
  await clock.pass(500)
  listen('hourly')
  await clock.pass(minute)

  expect(asked).toEqual(['hourly tide 03-02T14:00 late', 'hourly tide 03-02T14:00 late'])
})

test('who failed in the last run is kept, for this daemon and the next, until a run without it', async () => {
  const first = createWorkshop()
  let isLow = true
  const handle = async () => {
    if (isLow) throw new Error('low tide')
  }
  first.listen('hourly', handle)
  await first.clock.pass(hour)
  const failed = () => journal.schedules.all().map(({ failed: who }) => who)
  const { clock, listen, journal, scheduler } = first.restart()
  expect(failed()).toEqual([['listener of hourly'], ['listener of hourly']])

  isLow = false
  listen('hourly', handle)
  await scheduler.run('hourly', 'tide', forever)
  expect(failed()).toEqual([['listener of hourly'], []])
  await clock.pass(hour)
  expect(failed()).toEqual([[], []])
})
