import { expect, test } from 'vitest'
import { show } from '../../../daemon/memory/show.ts'
import { forever, rememberRepository } from '../../fixtures/memory.ts'
import { createWorkshop } from './workshop.ts'

/** Returns a remembered repository in which a commit was made and amended twice before anybody looked. */
async function amendedUnseen() {
  const shop = createWorkshop()
  shop.work('one', { 'tide.md': 'low\n' })
  const { remembered, memory, rewrites, facts } = await rememberRepository(shop.path)
  const amend = (message: string) => {
    shop.pass(60)
    shop.write('tide.md', `${message}\n`)
    shop.at(['commit', '--quiet', '--all', '--amend', '--reset-author', '-m', message])
    return shop.head()
  }
  const first = shop.work('note the tide', { 'tide.md': 'high\n' })
  const second = amend('note the ebb')
  const third = amend('watch the moon')
  remembered.notice()
  await remembered.settled()
  return { shop, remembered, memory, rewrites, facts, first, second, third }
}

test('a commit that was amended before anybody looked is remembered once git tells of it', async () => {
  const { remembered, memory, rewrites, first, second, third } = await amendedUnseen()
  expect(memory.graph.ordinalOf(first)).toBeUndefined()
  remembered.hear([
    { from: first, to: second },
    { from: second, to: third },
  ])
  await remembered.settled()

  expect((await show(third, memory, forever)).was).toEqual([second, first])
  const old = await show(first, memory, forever)
  expect(old).toMatchObject({ now: third, episode: { subject: 'note the tide', reachable: false } })
  expect(old.episode.complete).toBe(true)
  expect(rewrites()).toHaveLength(2)
})

test('what git no longer has, never had, or has as something else is asked about once and does no harm', async () => {
  const { shop, remembered, memory, rewrites, first, third } = await amendedUnseen()
  const blob = shop.git('rev-parse', `${third}:tide.md`)
  remembered.hear([{ from: 'a'.repeat(40), to: third }])
  await remembered.settled()
  remembered.hear([{ from: blob, to: third }])
  await remembered.settled().catch(() => {})
  remembered.hear([{ from: first, to: 'b'.repeat(40) }])
  await remembered.settled()
  expect(rewrites()).toEqual([])
  expect(memory.graph.ordinalOf(first)).toBeUndefined()

  const next = shop.work('two')
  remembered.hear([{ from: first, to: third }])
  await remembered.settled()
  expect(memory.graph.ordinalOf(next)).toBeDefined()
  expect(rewrites()).toMatchObject([{ from: first, to: third, evidence: 'git said so' }])
})

test('what was read so is on no branch, and the refs are not taken to lead there', async () => {
  const { shop, remembered, facts, first, second } = await amendedUnseen()
  remembered.hear([{ from: first, to: shop.head() }])
  await remembered.settled()
  remembered.hear([{ from: second, to: shop.head() }])
  await remembered.settled()
  expect(facts.flatMap(({ type, data }) => (type === 'memory.unreachable' ? [data] : []))).toEqual([
    { repository: 'r1', commits: 1 },
    { repository: 'r1', commits: 1 },
  ])
  expect(remembered.counts()).toMatchObject({ episodes: 4, complete: 4, unreachable: 2, pending: 0 })
})
