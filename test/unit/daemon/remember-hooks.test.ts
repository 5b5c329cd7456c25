import { expect, test } from 'vitest'
import {
  createTestBus,
  forever,
  newKeepsakes,
  openMemory,
  rememberRepository,
} from '../../fixtures/memory.ts'
import { createHookBus, type HookBus } from '../../../daemon/bus/hooks.ts'
import { createWorkshop } from '../memory/workshop.ts'
import { dead, guardedAnswers, says } from './guarded.ts'

const replacing = (message: string) => ({ patch: [{ op: 'replace', path: '/message', value: message }] })

/** A secret of a shape that is taken out. */
const secret = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_')

test('who listens before remembering changes what is found, and what it writes holds no secret', async () => {
  const amend = (hooks: HookBus) =>
    void hooks.register(
      'before:remember',
      says(() => replacing(`Careen the ship\n\nToken ${secret} is gone.`)),
    )
  const { ask, answers, siphon } = await guardedAnswers(amend)
  expect(await ask('careen')).toBe('Careen the ship')
  expect(await ask('no moving parts')).not.toBe('Replace the pump by a siphon')
  const { episode } = await answers.show({ oid: siphon, repository: 'r1' }, forever)
  expect(episode).toMatchObject({ subject: 'Careen the ship', complete: true, redactions: 1 })
  expect(episode.body).not.toContain(secret)
  expect(episode.changes.map(({ path }) => path)).toEqual(['pump.ts'])
})

test('of a commit that is dropped neither message, paths nor hunks are kept, also by the next daemon', async () => {
  const shop = createWorkshop()
  const first = shop.work('Replace the pump by a siphon', { 'pump.ts': 'siphon()\n' })
  const hooks = createTestBus()
  const asked: unknown[] = []
  const drop = { filter: { paths: ['pump.ts'] } }
  hooks.register(
    'before:remember',
    says(({ data }) => [asked.push(data), { decision: 'deny' }].at(1), drop),
  )
  const keepsakes = newKeepsakes()
  const before = await rememberRepository(shop.path, keepsakes, { hooks })
  shop.pass(60)
  const second = shop.work('Mend the siphon', { 'pump.ts': 'siphon(1)\n' })
  shop.pass(60)
  const third = shop.work('Paint the hull', { 'hull.ts': 'crimson()\n' })
  before.remembered.notice()
  await before.remembered.settled()
  expect(before.remembered.counts()).toMatchObject({ episodes: 3, complete: 3, pending: 0, unreachable: 0 })
  expect(asked).toHaveLength(2)

  const after = await rememberRepository(shop.path, await before.close(), { hooks })
  expect(after.remembered.counts()).toMatchObject({ episodes: 3, complete: 3, pending: 0, unreachable: 0 })
  expect(asked).toHaveLength(2)
  const rows = await keepsakes.store.episodes([first, second, third])
  expect(rows.map(({ message, changes }) => ({ message: message.trim(), paths: changes.length }))).toEqual([
    { message: '', paths: 0 },
    { message: '', paths: 0 },
    { message: 'Paint the hull', paths: 1 },
  ])
  const passages = await keepsakes.store.passages([first, second, third])
  expect(new Set(passages.map(({ oid }) => oid))).toEqual(new Set([third]))
})

test('who throws, hangs or answers wrongly loses no commit and changes none', async () => {
  const { ask } = await guardedAnswers((hooks) => {
    for (const listener of dead) hooks.register('before:remember', listener)
    for (const listener of dead) hooks.register('after:remember', listener)
  })
  expect(await ask('siphon')).toBe('Replace the pump by a siphon')
})

test('while one who must be asked is dead, commits wait, and none is lost', async () => {
  const shop = createWorkshop()
  const oid = shop.work('Replace the pump by a siphon', { 'pump.ts': 'siphon()\n' })
  const patience = { timeoutMs: 20_000, longestTimeoutMs: 20_000 }
  const policy = { onFailure: 'deny' as const, listeners: new Map(), ...patience }
  const hooks = createHookBus({ policy: () => policy, now: Date.now, onRecord: () => {} })
  const remembered: unknown[] = []
  hooks.register(
    'after:remember',
    says(({ data }) => void remembered.push(data)),
  )
  const revive = hooks.register('before:remember', {
    id: 'dead',
    handle: () => Promise.reject(new Error('x')),
  })
  const failures: unknown[] = []
  const onFailure = (error: unknown) => void failures.push(error)
  const opened = await openMemory(shop.path, undefined, { hooks, onFailure })
  await expect(opened.remembered.settled()).rejects.toThrow('dead must be asked at before:remember')
  expect(opened.remembered.counts().episodes).toBe(0)
  expect(failures[0]).toMatchObject({ code: 'hook.unanswered', message: expect.stringContaining('dead') })
  expect(remembered).toEqual([])

  revive()
  opened.remembered.notice()
  await opened.remembered.settled()
  expect(opened.remembered.counts()).toMatchObject({ episodes: 1, complete: 1 })
  expect(remembered).toEqual([{ repository: 'r1', commits: [oid] }])
})
