import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { repositoryRoutes } from '../../contract/repository-routes.ts'
import { createPlace, isTidy, writeHistory, type Place } from './place.ts'

let place: Place
beforeEach(() => {
  place = createPlace()
})
afterEach(() => place.clear())

test('what is begun again many times at once is begun again one time after the other', async () => {
  writeHistory(place, 'main', 30)
  const daemon = await place.daemon()
  const { id } = (await daemon.client.call(repositoryRoutes.addRepository, { path: place.repository }))
    .repository
  await daemon.until(({ state, complete }) => state === 'ready' && complete === 30)

  const again = () => daemon.client.call(repositoryRoutes.reindexRepository, { repository: id })
  const answers = await Promise.all([again(), again(), again(), again()])
  expect(answers.map((answer) => answer.id)).toEqual([id, id, id, id])
  await daemon.until(({ state, complete }) => state === 'ready' && complete === 30)
  const { code, log } = await daemon.end('SIGTERM')
  expect({ code, isTidy: isTidy(place) }).toEqual({ code: 0, isTidy: true })
  expect(log).not.toMatch(/did not close|was not handled|by force|store\.unavailable/)
}, 60_000)

test('what is purged stays purged, whatever was asked at the same time', async () => {
  writeHistory(place, 'main', 30)
  const daemon = await place.daemon()
  const { id } = (await daemon.client.call(repositoryRoutes.addRepository, { path: place.repository }))
    .repository
  await daemon.until(({ state, complete }) => state === 'ready' && complete === 30)

  const outcomes = await Promise.allSettled([
    daemon.client.call(repositoryRoutes.reindexRepository, { repository: id }),
    daemon.client.call(repositoryRoutes.forgetRepository, { repository: id, purge: true }),
    daemon.client.call(repositoryRoutes.reindexRepository, { repository: id }),
  ])
  expect(outcomes[1]).toMatchObject({ status: 'fulfilled', value: { purged: true } })
  expect(outcomes[2]).toMatchObject({ status: 'rejected', reason: { code: 'repository.unknown' } })
  expect((await daemon.status()).repositories).toEqual([])
  expect((await daemon.end('SIGTERM')).log).not.toMatch(/did not close|was not handled|by force/)
  expect(existsSync(join(place.folders.state, 'repositories', id))).toBe(false)
}, 60_000)

test('registering the same repository many times at once makes one of it', async () => {
  writeHistory(place, 'main', 3)
  const daemon = await place.daemon()
  const add = () => daemon.client.call(repositoryRoutes.addRepository, { path: place.repository })
  const answers = await Promise.all([add(), add(), add()])
  expect(answers.filter(({ added }) => added)).toHaveLength(1)
  expect((await daemon.status()).repositories).toHaveLength(1)
})

test('a daemon ends although something keeps it alive, and says what that was', async () => {
  const holder = join(place.home, 'holder.mjs')
  writeFileSync(holder, "if (process.argv[1]?.endsWith('daemon/main.js')) setInterval(() => {}, 1e9)\n")
  const daemon = await place.daemon({ ...place.environment, NODE_OPTIONS: `--import=${holder}` })
  const { code, log } = await daemon.end('SIGTERM')
  expect({ code, isTidy: isTidy(place) }).toEqual({ code: 0, isTidy: true })
  expect(log).toMatch(/ended by force; still open were: .*Timeout/)
})
