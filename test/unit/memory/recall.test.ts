import { expect, test } from 'vitest'
import type { Filters } from '../../../contract/answers.ts'
import type { Memory } from '../../../daemon/memory/memory.ts'
import { recall } from '../../../daemon/memory/recall.ts'
import { forever, rememberRepository } from '../../fixtures/memory.ts'
import { createWorkshop, lines, type Workshop } from './workshop.ts'

/** A pump is built, replaced by a siphon, and comes back. */
function withSiphon(): { shop: Workshop; built: string; replaced: string; back: string } {
  const shop = createWorkshop()
  const built = shop.work('Add the bilge pump', { 'src/pump.ts': lines(20) })
  shop.pass(60)
  const replaced = shop.work('Replace the bilge pump by a siphon', {
    'src/pump.ts': lines(20, { 5: 'const siphon = open()', 6: 'siphon.start()' }),
    'docs/pump.md': 'Siphon parts.\n',
  })
  shop.pass(60)
  shop.at(['revert', '--no-edit', replaced])
  return { shop, built, replaced, back: shop.head() }
}

test('what the filters keep out is told of, and a time that ends before it begins is refused', async () => {
  const { shop, built } = withSiphon()
  const { memory } = await rememberRepository(shop.path)
  const ask = (filters: Filters) => recall({ question: 'siphon', filters }, memory, forever)
  expect((await ask({ author: 'nobody' })).reason).toMatch(/^[1-9]\d* commits? ha(s|ve) .*--author nobody\.$/)
  expect((await ask({ asOf: built, author: 'nobody' })).reason).toMatch(/^Nothing/)
  await expect(ask({ since: '2024', until: '2023' })).rejects.toMatchObject({ code: 'request.invalid' })
})

test('who asks about some paths is shown what was said there', async () => {
  const { shop, replaced } = withSiphon()
  const { memory } = await rememberRepository(shop.path)
  const { hits } = await recall({ question: 'siphon', filters: { path: 'docs/**' } }, memory, forever)
  const shown = hits.find(({ oid }) => oid === replaced)?.passages.map(({ path }) => path)
  expect(shown).toContain('docs/pump.md')
  expect(shown).not.toContain('src/pump.ts')
})

test('who asks for a revert gets it before what it takes back', async () => {
  const { shop, back } = withSiphon()
  const { memory } = await rememberRepository(shop.path)
  const { hits } = await recall({ question: 'reverted siphon' }, memory, forever)
  expect(hits[0]?.oid).toBe(back)
})

test('of two that changed the same, the one that changed little else stands before the newer one', async () => {
  const shop = createWorkshop()
  const narrow = shop.work('Work of Monday', { 'src/one.ts': 'openSeacock()\n' })
  shop.pass(60)
  const others = Array.from({ length: 12 }, (_nothing, at) => [`docs/deck${at}.md`, lines(3)])
  const broad = shop.work('Work of Tuesday', {
    'src/one.ts': 'openSeacock(1)\n',
    ...Object.fromEntries(others),
  })
  const { memory } = await rememberRepository(shop.path)
  const { hits } = await recall({ question: 'seacock' }, withoutVectors(memory), forever)
  expect(hits.map(({ oid }) => oid)).toEqual([narrow, broad])
})

test('who describes a change in prose gets the one that made it before the one that only speaks alike', async () => {
  const shop = createWorkshop()
  const made = shop.work('Work on the seacock', {
    'src/one.ts': 'openSeacock(ballast)\nfillTank(ballast, overflow)\nringAlarm(overflow)\n',
  })
  shop.pass(60)
  shop.work('Tell what happens at sea\n\nBallast fills the tank, and an alarm rings on overflow.', {
    'docs/sea.md': lines(3),
  })
  const { memory } = await rememberRepository(shop.path)
  const question = 'since the seacock is opened to fill the tank with ballast, no alarm rings on overflow'
  const { hits } = await recall({ question }, withoutVectors(memory), forever)
  expect(hits[0]?.oid).toBe(made)
})

/** As long as nothing was learned, vectors come by chance. */
function withoutVectors(memory: Memory): Memory {
  const { recall: settings } = memory.config
  const prose = { ...settings.weights.prose, vector: 0 }
  const weights = { ...settings.weights, prose }
  return { ...memory, config: { ...memory.config, recall: { ...settings, weights } } }
}
