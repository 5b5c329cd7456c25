import { expect, test } from 'vitest'
import type { Filters } from '../../../contract/answers.ts'
import { rememberRepository, forever } from '../../fixtures/memory.ts'
import { context } from '../../../daemon/memory/context.ts'
import { recall } from '../../../daemon/memory/recall.ts'
import { show } from '../../../daemon/memory/show.ts'
import { timeline } from '../../../daemon/memory/timeline.ts'
import { loadTokenCounter } from '../../../daemon/memory/tokens.ts'
import { why, type WhyQuestion } from '../../../daemon/memory/why.ts'
import { withStory } from './story.ts'
import { createWorkshop, lines } from './workshop.ts'

const oidsOf = (answer: { hits: readonly { oid: string }[] }) => answer.hits.map(({ oid }) => oid)

test('what was asked in words is found with its passage, its place and what became of it', async () => {
  const { shop, replaced, back } = withStory()
  const { memory } = await rememberRepository(shop.path)
  const answer = await recall({ question: 'siphon moving parts', explain: true }, memory, forever)
  expect(answer).toMatchObject({ kind: 'prose', abstained: false })
  expect(answer.hits[0]).toMatchObject({ oid: replaced, revertedBy: back, reachable: true, kind: 'other' })
  expect(answer.hits[0]?.passages).toContainEqual({
    path: '',
    startLine: 0,
    endLine: 0,
    text: 'A siphon has no moving parts.',
  })
  expect(answer.hits[0]?.passages.find(({ path }) => path === 'src/pump.ts')?.text).toContain(
    '+const siphon = open()',
  )
  expect(Object.keys(answer.hits[0]?.signals ?? {})).toContain('message')
})

test.each([
  ['修复重复发送回复的错误', '重复发送'],
  ['応答の二重送信を修正', '二重送信'],
])('of %s, a part is enough to find it: %s', async (message, question) => {
  const { shop } = withStory()
  const oid = shop.work(message, { 'reply.ts': 'once()\n' })
  const { memory } = await rememberRepository(shop.path)
  const answer = await recall({ question, explain: true }, memory, forever)
  expect(answer.hits[0]).toMatchObject({ oid, subject: message })
  expect(answer.hits[0]?.signals?.['message']).toBeGreaterThan(0)
})

test('a question that nothing answers gets no answer, and the reason', async () => {
  const { shop } = withStory()
  const { memory } = await rememberRepository(shop.path)
  const unknown = await recall({ question: 'zzyzx' }, memory, forever)
  expect(unknown).toMatchObject({ hits: [], reason: expect.any(String) })
  const poor = await recall({ question: 'kubernetes ingress certificate pump rotation' }, memory, forever)
  expect(poor).toMatchObject({ hits: [], abstained: true, reason: expect.stringMatching(/covers \d+ %/) })
})

test('a commit is found by the beginning of its oid, with those that speak of it', async () => {
  const { shop, built, mended } = withStory()
  const { memory } = await rememberRepository(shop.path)
  expect(oidsOf(await recall({ question: built.slice(0, 9) }, memory, forever))).toEqual([built, mended])
  expect(await recall({ question: '0123456789' }, memory, forever)).toMatchObject({ hits: [] })
})

test('as of a revision, nothing is found that is not its ancestor, and nothing that was said later', async () => {
  const { shop, built, replaced, back } = withStory()
  const { memory } = await rememberRepository(shop.path)
  const revisions: [string, string[]][] = [
    [built, [built]],
    [replaced, [built, replaced]],
    ['main~1', [built, replaced, back]],
  ]
  for (const question of ['pump', 'src/pump.ts', 'siphon.start()', 'bilge pump crimson', built.slice(0, 8)])
    for (const [asOf, visible] of revisions) {
      const { hits } = await recall({ question, filters: { asOf } }, memory, forever)
      const named = hits.flatMap(({ oid, revertedBy }) => [oid, revertedBy ?? oid])
      expect(visible).toEqual(expect.arrayContaining(named))
    }
  const { hits } = await recall({ question: 'pump', filters: { asOf: 'main~1' } }, memory, forever)
  expect(hits).toHaveLength(3)
})

test('a later revert does not lower what is found as of an earlier revision', async () => {
  const { shop, replaced } = withStory()
  const { memory } = await rememberRepository(shop.path)
  const ask = async (asOf: string) =>
    (await recall({ question: 'siphon', explain: true, filters: { asOf } }, memory, forever)).hits.find(
      ({ oid }) => oid === replaced,
    )
  expect((await ask(replaced))?.signals?.['trust']).toBeGreaterThan(
    (await ask('main'))?.signals?.['trust'] ?? 1,
  )
})

test('filters admit what fits all of them', async () => {
  const { shop } = withStory()
  const { memory } = await rememberRepository(shop.path)
  const expected: [Filters, number][] = [
    [{ path: 'docs' }, 3],
    [{ path: 'docs/' }, 3],
    [{ path: '*.md' }, 3],
    [{ path: 'src/*.ts' }, 5],
    [{ path: './src/pump.ts' }, 4],
    [{ path: 'pump.*' }, 4],
    [{ path: 'ump.ts' }, 0],
    [{ author: 'ADA' }, 5],
    [{ author: 'example.com' }, 5],
    [{ author: 'nobody' }, 0],
    [{ kind: 'revert' }, 1],
    [{ since: '2023-11-17' }, 3],
    [{ until: '2023-11-17' }, 2],
    [{ since: '2023-11-16', until: '2023-11-17' }, 1],
    [{ asOf: 'main' }, 4],
    [{ asOf: 'aside', path: 'src' }, 2],
  ]
  const admitted = await Promise.all(
    expected.map(async ([filters]) => {
      const { items } = await timeline({ repository: 'r1', ...filters }, memory, forever)
      return [filters, items.length]
    }),
  )
  expect(admitted).toEqual(expected)
})

test('a revision that is not remembered is told of', async () => {
  const { shop } = withStory()
  const { memory } = await rememberRepository(shop.path)
  const later = shop.work('not remembered yet', { 'new.ts': 'new\n' })
  await expect(recall({ question: 'pump', filters: { asOf: later } }, memory, forever)).rejects.toMatchObject(
    { code: 'episode.unknown' },
  )
  await expect(
    recall({ question: 'pump', filters: { asOf: 'no-such-branch' } }, memory, forever),
  ).rejects.toMatchObject({ code: 'revision.unknown' })
})

test('a branch whose name is also the beginning of an oid goes before it', async () => {
  const { shop, built, mended } = withStory()
  shop.git('branch', built.slice(0, 6), mended)
  const { memory } = await rememberRepository(shop.path)
  expect((await show(built.slice(0, 6), memory, forever)).episode.oid).toBe(mended)
  expect((await show(built.slice(0, 7), memory, forever)).episode.oid).toBe(built)
})

test('a timeline is complete and has nothing twice, though commits are added while it is read', async () => {
  const shop = createWorkshop()
  for (let index = 0; index < 25; index += 1) {
    shop.pass(index % 3 === 0 ? 0 : 30)
    shop.work(`commit ${index}`, { 'a.txt': `${index}\n` })
  }
  const expected = shop.commits('main').toReversed()
  const { memory, remembered } = await rememberRepository(shop.path)
  const seen: string[] = []
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const stretch = await timeline(
      { repository: 'r1', limit: 4, ...(cursor === undefined ? {} : { cursor }) },
      memory,
      forever,
    )
    seen.push(...stretch.items.map(({ oid }) => oid))
    cursor = stretch.next
    shop.pass(30)
    shop.work('in between', { 'b.txt': `${seen.length}\n` })
    await remembered.settled()
  }
  expect(seen).toEqual(expected)
})

test('a cursor that no answer gave is refused', async () => {
  const { shop } = withStory()
  const { memory } = await rememberRepository(shop.path)
  for (const cursor of ['', 'x', '0'.repeat(40), '../../etc'])
    await expect(timeline({ repository: 'r1', cursor }, memory, forever)).rejects.toMatchObject({
      code: 'request.cursor',
    })
})

test('a commit is shown with the links from it and to it, and what it was before', async () => {
  const { shop, built, mended, replaced, back } = withStory()
  const { memory, remembered } = await rememberRepository(shop.path)
  expect(await show(built, memory, forever)).toMatchObject({
    ties: [{ kind: 'fixes', from: mended, to: built }],
    subjects: { [mended]: 'Seal the valve of the bilge pump' },
    was: [],
  })
  expect((await show(replaced, memory, forever)).ties).toEqual([
    { kind: 'reverts', from: back, to: replaced },
  ])
  shop.at(['commit', '--quiet', '--amend', '-m', 'Seal it'])
  await remembered.settled()
  const amended = await show('main', memory, forever)
  expect(amended).toMatchObject({
    was: [mended],
    episode: { identity: mended, reachable: true, complete: true },
  })
  expect(amended.ties).toContainEqual({ kind: 'rewrites', from: amended.episode.oid, to: mended })
  expect(await show(mended, memory, forever)).toMatchObject({
    now: amended.episode.oid,
    subjects: { [amended.episode.oid]: 'Seal it' },
    episode: { reachable: false },
  })
  await expect(show('0'.repeat(40), memory, forever)).rejects.toMatchObject({ code: 'revision.unknown' })
})

test('why a line is as it is: who changed it last, what that fixed, and where it began', async () => {
  const { shop, built, mended, replaced, back } = withStory()
  const { memory, questions } = await rememberRepository(shop.path)
  const answer = await why({ path: 'src/pump.ts', line: 5 }, memory, questions, forever)
  expect(answer.text).toEqual(['seal(valve)'])
  const roles = Object.fromEntries(answer.episodes.map(({ oid, role }) => [oid, role]))
  expect(roles).toMatchObject({ [mended]: 'last-changed', [built]: 'fixed' })
  expect(answer.episodes[0]).toMatchObject({
    oid: mended,
    lines: [5],
    reason: 'It leaked.',
    path: 'src/pump.ts',
  })
  expect(Object.keys(roles)).toEqual(expect.arrayContaining([replaced, back]))
  expect(answer.ties).toContainEqual({ kind: 'fixes', from: mended, to: built })
  expect(answer.ties).toContainEqual({ kind: 'reverts', from: back, to: replaced })
  expect(answer.doubts).toEqual([])
  expect(answer.confidence).toBe(0.95)
})

test('why follows a line through a rename and a move', async () => {
  const { shop, built } = withStory()
  shop.pass(60)
  shop.git('mv', 'src/pump.ts', 'src/bilge.ts')
  const renamed = shop.work('Rename the pump')
  const { memory, questions } = await rememberRepository(shop.path)
  const answer = await why({ path: 'src/bilge.ts', line: 12 }, memory, questions, forever)
  expect(answer.episodes[0]).toMatchObject({ oid: built, role: 'last-changed', path: 'src/pump.ts' })
  const ofFile = await why({ path: 'src/bilge.ts' }, memory, questions, forever)
  expect(ofFile.episodes.map(({ oid, role }) => [oid, role])).toEqual(
    expect.arrayContaining([
      [renamed, 'last-changed'],
      [built, expect.stringMatching(/introduced|fixed/)],
    ]),
  )
})

test('why names as the first commit only what is known to be the first', async () => {
  const { shop } = withStory()
  const first = shop.work('Keep a log', { 'src/log.ts': 'a\nb\n' })
  const last = shop.work('Log most', { 'src/log.ts': 'a\nC\n' })
  const { memory, questions } = await rememberRepository(shop.path)
  const cut = async () => ({ oids: [last], complete: false })
  const history = { ...questions, fileCommits: cut, lineCommits: cut }
  const beginnings = async (line?: number) => {
    const { episodes } = await why({ path: 'src/log.ts', line }, memory, history, forever)
    return episodes.filter(({ role }) => role === 'introduced').map(({ oid }) => oid)
  }
  expect(await beginnings()).toEqual([first])
  expect(await beginnings(2)).toEqual([])
})

test('why says what it doubts', async () => {
  const { shop } = withStory()
  shop.work('Reformat', { 'src/pump.ts': lines(20, { 5: 'seal ( valve )', 7: 'new line' }) })
  const { memory, questions } = await rememberRepository(shop.path)
  const answer = await why({ path: 'src/pump.ts', line: 7 }, memory, questions, forever)
  expect(answer.doubts).toEqual([
    'The last change says nothing but its subject.',
    'The last change looks like it only touched the form.',
  ])
  expect(answer.confidence).toBeLessThan(0.5)
})

test('why refuses what it cannot look at', async () => {
  const { shop } = withStory()
  const { memory, questions } = await rememberRepository(shop.path)
  const refused: [WhyQuestion, string][] = [
    [{ path: 'src/pump.ts', line: 99 }, 'request.invalid'],
    [{ path: 'src/pump.ts', line: 5, endLine: 4 }, 'request.invalid'],
    [{ path: 'src/gone.ts', line: 1 }, 'path.unknown'],
    [{ path: 'src/gone.ts' }, 'path.unknown'],
  ]
  for (const [question, code] of refused)
    await expect(why(question, memory, questions, forever)).rejects.toMatchObject({ code })
})

test.each([100, 200, 2000])(
  'a pack of %i tokens keeps to them, says nothing twice, and cites every block',
  async (budget) => {
    const { shop } = withStory()
    const { memory, questions } = await rememberRepository(shop.path)
    const parts = { memory, ...questions, countTokens: loadTokenCounter }
    const input = {
      repository: 'r1',
      task: 'repair the bilge pump',
      paths: ['src/pump.ts', 'docs/pump.md'],
      budget,
    }
    const pack = await context(input, parts, forever)
    const count = await loadTokenCounter()
    expect(pack.blocks.length).toBeGreaterThan(0)
    expect(pack.tokens).toBeLessThanOrEqual(budget)
    expect(count(pack.blocks.map(({ text }) => text).join('\n\n'))).toBeLessThanOrEqual(budget)
    for (const block of pack.blocks) expect(block.citations.length).toBeGreaterThan(0)
    const heads = pack.blocks.flatMap(({ text }) => text.match(/\b[0-9a-f]{10}\b/)?.[0] ?? [])
    expect(new Set(heads).size).toBe(heads.length)
    expect(await context(input, parts, forever)).toEqual(pack)
  },
)

test('a pack about nothing is refused', async () => {
  const { shop } = withStory()
  const { memory, questions } = await rememberRepository(shop.path)
  const parts = { memory, ...questions, countTokens: loadTokenCounter }
  await expect(context({ repository: 'r1' }, parts, forever)).rejects.toMatchObject({
    code: 'request.invalid',
  })
  await expect(context({ repository: 'r1', staged: true }, parts, forever)).rejects.toThrow(
    'Nothing is staged',
  )
})
