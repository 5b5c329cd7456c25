import { expect, test } from 'vitest'
import { createCheck } from '../../../contract/check.ts'
import type { Config } from '../../../contract/config.ts'
import { eventTypes, type Fact } from '../../../contract/events.ts'
import { forever } from '../../fixtures/memory.ts'
import { send, serve } from '../../http/served.ts'
import type { HookBus } from '../../../daemon/bus/hooks.ts'
import { capabilitiesOf } from '../../../daemon/capabilities.ts'
import { openHooks } from '../../../daemon/open-hooks.ts'
import { committing } from '../bus/listeners.ts'
import { says } from './guarded.ts'

const patient = { timeoutMs: 20_000, longestTimeoutMs: 20_000 }

/** A bus as the daemon opens it, its facts, and its clock. */
function opened(settings: Partial<Config['hooks']> = {}): {
  hooks: HookBus
  facts: Fact[]
  clock: { ms: number }
} {
  const facts: Fact[] = []
  const clock = { ms: 0 }
  const hooks = openHooks({
    settings: () => ({ ...patient, onFailure: 'allow', required: [], optional: [], ...settings }),
    publish: (fact) => void facts.push(fact),
    now: () => clock.ms,
  })
  return { hooks, facts, clock }
}

const gate = (hooks: HookBus) => hooks.run('pre-commit', committing('a'), forever)
const failing = { id: 'failing', handle: () => Promise.reject(new Error('a secret')) }

test.each([
  [{}, 'allow'],
  [{ onFailure: 'deny' as const }, 'deny'],
  [{ required: ['failing'] }, 'deny'],
  [{ onFailure: 'deny' as const, optional: ['failing'] }, 'allow'],
  [{ required: ['failing'], optional: ['failing'] }, 'deny'],
])('under the settings %j a failing gate means %s', async (settings, decision) => {
  const { hooks } = opened(settings)
  hooks.register('pre-commit', failing)
  expect((await gate(hooks)).decision).toBe(decision)
})

test('every denial is a fact, and says nothing that the listener said', async () => {
  const { hooks, facts } = opened()
  const findings = [{ message: 'a secret', severity: 'error' }]
  hooks.register(
    'pre-commit',
    says(() => ({ decision: 'deny', findings })),
  )
  await gate(hooks)
  await gate(hooks)
  const data = { hook: 'pre-commit', listener: 'plugin', repository: 'tide-1', findings: 1, times: 1 }
  expect(facts).toMatchObject([
    { type: 'hook.denied', data },
    { type: 'hook.denied', data },
  ])
  expect(JSON.stringify(facts)).not.toContain('a secret')
  for (const fact of facts) expect(createCheck(eventTypes[fact.type]).complaints(fact.data)).toEqual([])
})

test('who fails again and again is told of once a minute, and how often it was', async () => {
  const { hooks, facts, clock } = opened()
  hooks.register('pre-commit', failing)
  for (let run = 0; run < 5; run++) await gate(hooks)
  clock.ms = 60_000
  await gate(hooks)
  expect(facts).toMatchObject([
    { type: 'hook.failed', data: { listener: 'failing', status: 'failed', times: 1 } },
    { type: 'hook.failed', data: { listener: 'failing', status: 'failed', times: 5 } },
  ])
  expect(JSON.stringify(facts)).not.toContain('a secret')
  for (const fact of facts) expect(createCheck(eventTypes[fact.type]).complaints(fact.data)).toEqual([])
})

test('a daemon says who listens to what', async () => {
  const { hooks } = opened()
  const filter = { paths: ['src/**'] }
  hooks.register(
    'pre-commit',
    says(() => undefined, { filter, mode: 'shadow' }),
  )
  const unregister = hooks.register(
    'pre-commit',
    says(() => undefined, { priority: 5, once: true }, 'first'),
  )
  const capabilities = async () => capabilitiesOf({ version: '1.2.3', protocol: 1 }, hooks.listeners())
  const { socket } = await serve({ capabilities })
  const { status, body } = await send(socket, 'GET', '/v1/capabilities')
  expect({ status, body }).toMatchObject({
    status: 200,
    body: {
      version: '1.2.3',
      routes: expect.arrayContaining([expect.objectContaining({ name: 'recall', path: '/v1/recall' })]),
      hooks: expect.arrayContaining([
        expect.objectContaining({ name: 'pre-commit', kind: 'bail', gate: true }),
      ]),
      listeners: [
        { hook: 'pre-commit', id: 'first', priority: 5, once: true, mode: 'enforce' },
        { hook: 'pre-commit', id: 'plugin', priority: 0, once: false, mode: 'shadow', filter },
      ],
    },
  })
  unregister()
  expect((await capabilities()).listeners.map(({ id }) => id)).toEqual(['plugin'])
})
