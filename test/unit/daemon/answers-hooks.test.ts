import { expect, test } from 'vitest'
import { forever } from '../../fixtures/memory.ts'
import { send, serve } from '../../http/served.ts'
import { dead, guardedAnswers, says } from './guarded.ts'

const siphons = 'Replace the pump by a siphon'
const replacing = (path: string, value: unknown) => ({ patch: [{ op: 'replace', path, value }] })

test('who listens before a recall changes what is asked', async () => {
  const { ask, hooks } = await guardedAnswers()
  expect(await ask('siphon')).toBe(siphons)
  hooks.register(
    'before:recall',
    says(() => replacing('/question', 'crimson hull')),
  )
  expect(await ask('siphon')).toBe('Paint the hull crimson')
})

test('who listens before a recall is told the repository by its id, and cannot lead to another', async () => {
  const { ask, hooks } = await guardedAnswers()
  const seen: unknown[] = []
  hooks.register(
    'before:recall',
    says(({ data }) => [seen.push(data), replacing('/repository', 'r2')].at(1)),
  )
  expect(await ask('siphon')).toBe(siphons)
  expect(seen).toEqual([{ question: 'siphon', repository: 'r1' }])
})

test('who listens after a recall changes what is answered', async () => {
  const { ask, answers, hooks } = await guardedAnswers()
  const unregister = hooks.register(
    'after:recall',
    says(() => replacing('/hits/0/subject', 'Hidden')),
  )
  expect(await ask('siphon')).toBe('Hidden')
  unregister()
  hooks.register(
    'after:recall',
    says(() => replacing('/hits', [])),
  )
  const answer = await answers.recall({ question: 'siphon' }, forever)
  expect(answer).toEqual({ ...answer, hits: [], question: 'siphon' })
  expect(answer).not.toHaveProperty('repository')
})

test('who throws, hangs or answers wrongly changes nothing', async () => {
  const { ask, answers, hooks, paint } = await guardedAnswers()
  const plain = await answers.show({ oid: paint, repository: 'r1' }, forever)
  for (const listener of dead) {
    for (const hook of ['before:recall', 'after:recall', 'before:show', 'after:show'] as const)
      hooks.register(hook, listener)
  }
  expect(await ask('siphon')).toBe(siphons)
  expect(await answers.show({ oid: paint, repository: 'r1' }, forever)).toEqual(plain)
})

test('a denied question is refused at the door, with the reason and without control characters', async () => {
  const { answers, hooks } = await guardedAnswers()
  const findings = [{ message: 'Not \u001B[31mhere\nnor now', severity: 'error' }]
  hooks.register(
    'before:recall',
    says(() => ({ decision: 'deny', findings })),
  )
  const { socket } = await serve({ recall: answers.recall })
  const { status, type, body } = await send(socket, 'POST', '/v1/recall', '{"question":"siphon"}')
  expect({ status, type }).toMatchObject({ status: 403, type: expect.stringContaining('problem+json') })
  expect(body).toMatchObject({
    code: 'hook.denied',
    detail: 'plugin does not allow it at before:recall: Not  [31mhere nor now',
    hint: expect.stringMatching(/\.$/),
  })
})

test('a gate stands before every hooked route, and what follows is told of what was answered', async () => {
  const { answers, hooks, siphon } = await guardedAnswers()
  const told: unknown[] = []
  const unregister = hooks.register(
    'before:show',
    says(() => ({ decision: 'deny' })),
  )
  hooks.register(
    'after:show',
    says(({ data }) => void told.push(data)),
  )
  const input = { oid: siphon, repository: 'r1' }
  await expect(answers.show(input, forever)).rejects.toThrow('plugin does not allow it at before:show')
  expect(told).toEqual([])
  unregister()
  expect((await answers.show(input, forever)).episode.oid).toBe(siphon)
  expect(told).toEqual([{ command: 'show', repository: 'r1', input, ms: expect.any(Number) }])
})

test('a pack that was amended is counted anew and keeps to its budget', async () => {
  const { answers, hooks } = await guardedAnswers()
  const asked = { task: 'siphon', repository: 'r1', budget: 100 }
  const plain = await answers.context(asked, forever)
  const add = (text: string) => [{ op: 'add', path: '/blocks/0', value: { text, tokens: 0, citations: [] } }]
  hooks.register(
    'after:context',
    says(() => ({ patch: add('Mind the valve.') })),
  )
  const amended = await answers.context(asked, forever)
  expect(amended.blocks.map(({ text }) => text)).toEqual([
    'Mind the valve.',
    ...plain.blocks.map(({ text }) => text),
  ])
  expect(amended.tokens).toBeGreaterThan(plain.tokens)
  hooks.register(
    'after:context',
    says(() => ({ patch: add('valve '.repeat(500)) })),
  )
  expect(await answers.context(asked, forever)).toEqual(amended)
})
