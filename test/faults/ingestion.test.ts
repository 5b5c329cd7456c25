import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { questionRoutes } from '../../contract/question-routes.ts'
import { repositoryRoutes } from '../../contract/repository-routes.ts'
import type { RepositoryStatus } from '../../contract/status.ts'
import { openLanceStore } from '../../daemon/store/lance-store.ts'
import { readSettings } from '../../daemon/store/store-settings.ts'
import { childrenOf, createPlace, isTidy, writeHistory, type Place, type Running } from './place.ts'

/** The kill is repeated as often as this says; a soak sets a hundred and more. */
const rounds = Number(process.env['AIOS_FAULT_ROUNDS'] ?? 3)
const perRound = 120

let place: Place
beforeEach(() => {
  place = createPlace()
})
afterEach(() => place.clear())

test(`a daemon that is killed ${rounds} times while it reads loses no commit and doubles none`, async () => {
  writeHistory(place, 'main', 1200)
  for (let round = 0; round < rounds; round++) {
    writeHistory(place, `branch-${round}`, perRound, 10_000 + round * perRound)
    const daemon = await place.daemon()
    const adding = add(daemon).catch(() => undefined)
    // Any moment will do, and none is the same twice: what is killed is opening, reading, storing or indexing.
    await sleep(randomInt(700))
    await daemon.end('SIGKILL')
    await adding
  }
  expect(await memory()).toEqual(whole())
}, 1_800_000)

test('workers that are killed while they read are replaced, and no commit is lost', async () => {
  writeHistory(place, 'main', 4000)
  const daemon = await place.daemon()
  await add(daemon)
  for (let kills = 0; kills < 3;) {
    for (const { pid } of childrenOf(daemon.pid).filter(({ command }) =>
      command.includes('native-workers'),
    )) {
      process.kill(pid, 'SIGKILL')
      kills += 1
    }
    await sleep(20)
  }
  await daemon.until(isDone)
  expect((await daemon.status()).daemon.workers.restarts).toBeGreaterThan(0)
  expect((await daemon.end('SIGTERM')).code).toBe(0)
  expect(await memory()).toEqual(whole())
}, 120_000)

test('a daemon that is asked to end while it reads ends at once, leaves nothing, and goes on next time', async () => {
  writeHistory(place, 'main', 4000)
  const daemon = await place.daemon()
  await add(daemon)
  await daemon.until(({ pending }) => pending > 0 && workersOf(daemon).length > 0)
  const children = childrenOf(daemon.pid)
  const { code, log } = await daemon.end('SIGTERM')
  expect(code).toBe(0)
  // Whatever does not let itself be closed in its time is named in the log.
  expect(log).not.toContain('did not close')
  expect(isTidy(place)).toBe(true)
  expect(children.length).toBeGreaterThan(0)
  expect(children.filter(({ pid }) => isAlive(pid))).toEqual([])
  expect(await memory()).toEqual(whole())
}, 120_000)

test('nothing is pending only when nothing is left to do', async () => {
  writeHistory(place, 'main', 2000)
  const daemon = await place.daemon()
  await add(daemon)
  const told = await daemon.until(({ pending }) => pending === 0)
  expect(told).toMatchObject({ episodes: 2000, complete: 2000, state: 'ready' })
  place.git('reset', '--quiet', '--hard')
  place.git('commit', '--quiet', '--allow-empty', '-m', 'one more')
  const next = await daemon.until(({ pending }) => pending === 0)
  expect(next).toMatchObject({ episodes: 2001, complete: 2001, state: 'ready' })
}, 60_000)

/** Begins to add the repository; what is read of it is not waited for. */
function add({ client }: Running): Promise<unknown> {
  return new Promise((resolve, reject) => {
    client.work(repositoryRoutes.addRepository, { path: place.repository }, resolve).then(resolve, reject)
  })
}

function workersOf({ pid }: Running): { readonly pid: number }[] {
  return childrenOf(pid).filter(({ command }) => command.includes('native-workers'))
}

function isDone({ pending, state }: RepositoryStatus): boolean {
  return pending === 0 && state === 'ready'
}

/** What is in memory after one more start, and in the store when nobody writes to it any more. */
async function memory(): Promise<unknown> {
  const daemon = await place.daemon()
  await add(daemon)
  const { id, episodes, skipped, problem } = await daemon.until(isDone)
  const { hits } = await daemon.client.call(questionRoutes.recall, {
    question: 'word77 tide',
    repository: id,
  })
  const { code } = await daemon.end('SIGTERM')

  const folder = join(place.folders.state, 'repositories', id)
  const settings = await readSettings(folder)
  if (settings === undefined) throw new Error('The store has no settings.')
  const healed: string[] = []
  const onHealed = (detail: string) => void healed.push(detail)
  const store = await openLanceStore(folder, { ...settings, graceMs: 0, now: Date.now, onHealed })
  const read: string[] = []
  for await (const facts of store.scanFacts(new AbortController().signal))
    read.push(...facts.map(({ oid }) => oid))
  const complete = await store.completeIds()
  const keys = (await store.passages(read)).map(({ key }) => key)
  const doubled = (await store.size()).passages - new Set(keys).size
  await store.close()
  const recalled = hits[0]?.subject
  const withPassages = new Set(keys.map((key) => key.split(':')[0])).size
  const oids = { read: read.toSorted(), complete: complete.toSorted(), withPassages }
  return { code, episodes, skipped, problem, recalled, healed, doubled, ...oids }
}

/** The same according to git. */
function whole(): unknown {
  const all = oids()
  return {
    code: 0,
    episodes: all.length,
    skipped: 0,
    problem: undefined,
    recalled: 'note word77 of the tide',
    healed: [],
    doubled: 0,
    read: all,
    complete: all,
    withPassages: all.length,
  }
}

function oids(): string[] {
  return place.git('rev-list', '--all').trim().split('\n').toSorted()
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
