import { expect, test } from 'vitest'
import { recall } from '../../../daemon/memory/recall.ts'
import { forever, newKeepsakes, openMemory, rememberRepository } from '../../fixtures/memory.ts'
import { createWorkshop, lines, type Workshop } from './workshop.ts'

/** A repository with a base on main, and a branch of three commits that is checked out. */
function withTopic(): { shop: Workshop; topic: string[] } {
  const shop = createWorkshop()
  shop.work('base', { 'a.txt': lines(40), 'b.txt': lines(40), 'c.txt': lines(40) })
  shop.git('checkout', '--quiet', '-b', 'topic')
  const topic = ['a', 'b', 'c'].map((name) => {
    shop.pass(60)
    return shop.work(`change ${name}`, { [`${name}.txt`]: lines(40, { 5: `changed ${name}` }) })
  })
  shop.pass(60)
  return { shop, topic }
}

/** Adds a commit to main that touches the same files elsewhere, and returns to the branch. */
function moveMain(shop: Workshop): void {
  shop.git('checkout', '--quiet', 'main')
  shop.pass(60)
  shop.work('main goes on', { 'a.txt': lines(40, { 33: 'main' }), 'd.txt': 'new\n' })
  shop.pass(60)
}

function pairs(from: readonly string[], to: readonly string[]): { from: string; to: string }[] {
  return from.map((oid, index) => ({ from: oid, to: to[index] ?? '' }))
}

/** Links without their evidence, in an order that says nothing. */
function plain(links: readonly { from: string; to: string }[]): { from: string; to: string }[] {
  return links.map(({ from, to }) => ({ from, to })).toSorted((a, b) => a.from.localeCompare(b.from))
}

test.each([
  ['its message', ['-m', 'another message'], undefined],
  ['its content', ['--no-edit'], 'more\n'],
  ['its message and its content', ['-m', 'another message'], 'more\n'],
])('an amended commit is found again when %s changed', async (_what, args, added) => {
  const { shop, topic } = withTopic()
  const memory = await rememberRepository(shop.path)
  if (added !== undefined) shop.write('c.txt', lines(40, { 5: 'changed c', 30: added.trim() }))
  shop.at(['commit', '--quiet', '--all', '--amend', ...args])
  await memory.remembered.settled()

  const [old = ''] = topic.slice(-1)
  expect(plain(memory.rewrites())).toEqual([{ from: old, to: shop.head() }])
  expect(memory.memory.identities.was(shop.head())).toEqual([old])
  expect(memory.memory.isReachable(old)).toBe(false)
})

test('a rewritten commit is one answer: the one that lives, which says what it was', async () => {
  const { shop, topic } = withTopic()
  const { remembered, memory } = await rememberRepository(shop.path)
  shop.at(['commit', '--quiet', '--all', '--amend', '-m', 'change c again'])
  await remembered.settled()

  const [old = ''] = topic.slice(-1)
  const { hits } = await recall({ question: 'change c', limit: 50 }, memory, forever)
  const found = hits.filter(({ oid }) => oid === old || oid === shop.head())
  expect(found.map(({ oid, was }) => ({ oid, was }))).toEqual([{ oid: shop.head(), was: [old] }])
})

test('a branch that was rebased onto a moved main is found again', async () => {
  const { shop, topic } = withTopic()
  moveMain(shop)
  const memory = await rememberRepository(shop.path)
  shop.at(['rebase', '--quiet', 'main', 'topic'])
  await memory.remembered.settled()
  expect(plain(memory.rewrites())).toEqual(plain(pairs(topic, shop.commits('main..topic'))))
})

test('commits that changed places in a rebase are found again', async () => {
  const { shop, topic } = withTopic()
  const memory = await rememberRepository(shop.path)
  const editor = `sed -i -e '1{h;d}' -e '2{G}'`
  shop.at(['rebase', '--quiet', '-i', 'main'], { GIT_SEQUENCE_EDITOR: editor })
  await memory.remembered.settled()
  const [a = '', b = '', c = ''] = topic
  const made = shop.commits('main..topic')
  expect(shop.git('log', '--format=%s', 'main..')).toBe('change c\nchange a\nchange b')
  expect(plain(memory.rewrites())).toEqual(plain(pairs([b, a, c], made)))
})

test('a branch is found again in the one commit it was merged as', async () => {
  const { shop, topic } = withTopic()
  const memory = await rememberRepository(shop.path)
  shop.at(['checkout', '--quiet', 'main'])
  shop.at(['merge', '--quiet', '--squash', 'topic'])
  shop.work('everything at once')
  await memory.remembered.settled()
  expect(memory.rewrites()).toEqual([])

  shop.git('branch', '-D', 'topic')
  await memory.remembered.settled()
  const into = shop.head()
  expect(plain(memory.rewrites())).toEqual(plain(topic.map((from) => ({ from, to: into }))))
  expect(memory.memory.identities.was(into)).toEqual(topic.toReversed())
})

test.each(['before', 'after'])(
  'a branch that a server squashed onto a moved main is found again when it is deleted %s the fetch',
  async (order) => {
    const { shop, topic } = withTopic()
    moveMain(shop)
    shop.git('branch', 'server', 'main')
    const memory = await rememberRepository(shop.path)
    shop.git('checkout', '--quiet', '--detach', 'server')
    shop.git('merge', '--quiet', '--squash', 'topic')
    shop.git('add', '--all')
    const made = shop.at(['commit-tree', '-m', 'All of it (#7)', '-p', 'server', shop.git('write-tree')])
    shop.git('reset', '--quiet', '--hard')
    if (order === 'before') {
      shop.git('branch', '-D', 'topic')
      await memory.remembered.settled()
    }
    const foundTooEarly = memory.rewrites()
    shop.git('update-ref', 'refs/heads/server', made)
    await memory.remembered.settled()
    if (order === 'after') {
      shop.git('branch', '-D', 'topic')
      await memory.remembered.settled()
    }
    expect(foundTooEarly).toEqual([])
    expect(plain(memory.rewrites())).toEqual(plain(topic.map((from) => ({ from, to: made }))))
  },
)

test('what was forced away is found again in what was forced over it', async () => {
  const { shop, topic } = withTopic()
  const server = createWorkshop()
  server.git('config', 'core.bare', 'true')
  shop.git('push', '--quiet', server.path, 'main', 'topic')
  const memory = await rememberRepository(server.path)
  shop.at(['commit', '--quiet', '--amend', '-m', 'better said'])
  shop.git('push', '--quiet', '--force', server.path, 'topic')
  await memory.remembered.settled()
  expect(plain(memory.rewrites())).toEqual([{ from: topic[2], to: shop.head() }])
})

test('commits picked onto main are found there once their branch is gone', async () => {
  const { shop, topic } = withTopic()
  moveMain(shop)
  const memory = await rememberRepository(shop.path)
  shop.at(['cherry-pick', 'main..topic'])
  await memory.remembered.settled()
  expect(memory.rewrites()).toEqual([])
  const picked = shop.commits('HEAD~3..HEAD')
  shop.git('branch', '-D', 'topic')
  await memory.remembered.settled()
  expect(plain(memory.rewrites())).toEqual(plain(pairs(topic, picked)))
})

test('a history whose messages were all rewritten is found again', async () => {
  const { shop } = withTopic()
  const old = shop.commits('topic')
  const memory = await rememberRepository(shop.path)
  const stream = shop.git('fast-export', '--all')
  shop.fastImport(stream.replaceAll('change ', 'choose '))
  shop.git('reset', '--quiet', '--hard')
  await memory.remembered.settled()
  const made = shop.commits('topic')
  expect(made).not.toContain(old[1])
  expect(plain(memory.rewrites())).toEqual(plain(pairs(old.slice(1), made.slice(1))))
})

test('a commit that was taken back and put forward again is the same as ever', async () => {
  const { shop, topic } = withTopic()
  const memory = await rememberRepository(shop.path)
  for (const target of ['main', topic[2] ?? '', topic[0] ?? '', topic[2] ?? '']) {
    shop.git('reset', '--quiet', '--hard', target)
    await memory.remembered.settled()
  }
  expect(memory.rewrites()).toEqual([])
  expect(topic.map(memory.memory.isReachable)).toEqual([true, true, true])
  expect(memory.remembered.counts()).toMatchObject({ episodes: 4, complete: 4, pending: 0, unreachable: 0 })
})

test('a branch that was deleted and made again is reachable again', async () => {
  const { shop, topic } = withTopic()
  const memory = await rememberRepository(shop.path)
  shop.git('checkout', '--quiet', 'main')
  shop.git('branch', '-D', 'topic')
  await memory.remembered.settled()
  expect(memory.remembered.counts().unreachable).toBe(3)
  shop.git('branch', 'topic', topic[2] ?? '')
  await memory.remembered.settled()
  expect(memory.remembered.counts().unreachable).toBe(0)
  expect(memory.rewrites()).toEqual([])
})

test('a change that was reverted and made again is two episodes, whichever of them is lost', async () => {
  const shop = createWorkshop()
  shop.work('base', { 'a.txt': lines(40) })
  shop.pass(60)
  const first = shop.work('warm the water', { 'a.txt': lines(40, { 5: 'warm' }) })
  shop.pass(60)
  shop.at(['revert', '--no-edit', 'HEAD'])
  shop.pass(60)
  shop.work('warm the water', { 'a.txt': lines(40, { 5: 'warm' }) })
  const memory = await rememberRepository(shop.path)
  shop.git('reset', '--quiet', '--hard', first)
  await memory.remembered.settled()
  expect(memory.rewrites()).toEqual([])
})

test('a change, its revert and its repetition are each found again after a rebase', async () => {
  const { shop } = withTopic()
  shop.at(['revert', '--no-edit', 'HEAD'])
  shop.at(['cherry-pick', 'HEAD~1'])
  const topic = shop.commits('main..topic')
  moveMain(shop)
  const memory = await rememberRepository(shop.path)
  shop.at(['rebase', '--quiet', '--reapply-cherry-picks', 'main', 'topic'])
  await memory.remembered.settled()
  expect(plain(memory.rewrites())).toEqual(plain(pairs(topic, shop.commits('main..topic'))))
})

test('commits of one second with one subject are not taken for each other', async () => {
  const shop = createWorkshop()
  shop.work('update', { 'a.txt': 'a\n' })
  shop.work('update', { 'b.txt': 'b\n' })
  shop.git('branch', 'other')
  shop.work('update', { 'c.txt': 'c\n' })
  shop.git('checkout', '--quiet', 'other')
  shop.work('something else', { 'd.txt': 'd\n' })
  const memory = await rememberRepository(shop.path)

  shop.git('branch', '--quiet', '--force', 'main', 'main~1')
  await memory.remembered.settled()
  expect(memory.remembered.counts().unreachable).toBe(1)
  expect(memory.rewrites()).toEqual([])
})

test('a new commit of the same second in another place is not the one that was lost', async () => {
  const shop = createWorkshop()
  shop.work('base', { 'a.txt': lines(9) })
  shop.work('try one way', { 'one.txt': 'one\n' })
  const memory = await rememberRepository(shop.path)
  shop.git('reset', '--quiet', '--hard', 'HEAD~1')
  shop.work('try another way', { 'other.txt': 'other\n' })
  await memory.remembered.settled()
  expect(memory.rewrites()).toEqual([])
})

test('a new commit of the same second and subject is not the one that was lost when it touches other files', async () => {
  const shop = createWorkshop()
  shop.work('base', { 'a.txt': lines(9) })
  shop.work('update', { 'one.txt': 'one\n' })
  const memory = await rememberRepository(shop.path)
  shop.git('reset', '--quiet', '--hard', 'HEAD~1')
  shop.work('update', { 'other.txt': 'other\n' })
  await memory.remembered.settled()
  expect(memory.rewrites()).toEqual([])
})

test('of two tries that stood side by side, neither is what the other became', async () => {
  const shop = createWorkshop()
  shop.work('base', { 'a.txt': lines(40) })
  shop.git('checkout', '--quiet', '-b', 'one')
  shop.work('try one way', { 'a.txt': lines(40, { 5: 'one way' }) })
  shop.git('checkout', '--quiet', 'main')
  shop.work('try another way', { 'a.txt': lines(40, { 30: 'another way' }) })
  const memory = await rememberRepository(shop.path)
  shop.git('branch', '-D', 'one')
  await memory.remembered.settled()
  expect(memory.remembered.counts().unreachable).toBe(1)
  expect(memory.rewrites()).toEqual([])
})

test('what a branch took in from main is no part of what it was squashed into', async () => {
  const { shop, topic } = withTopic()
  moveMain(shop)
  shop.git('checkout', '--quiet', 'topic')
  shop.at(['merge', '--quiet', '--no-edit', 'main'])
  const merge = shop.head()
  shop.pass(60)
  const last = shop.work('one more', { 'b.txt': lines(40, { 5: 'changed b', 20: 'again' }) })
  const memory = await rememberRepository(shop.path)
  shop.git('checkout', '--quiet', 'main')
  shop.at(['merge', '--quiet', '--squash', 'topic'])
  const into = shop.work('All of it (#8)')
  shop.git('branch', '-D', 'topic')
  await memory.remembered.settled()
  expect(plain(memory.rewrites())).toEqual(plain([...topic, merge, last].map((from) => ({ from, to: into }))))
})

test('a correction that was folded into the commit it corrects is found there', async () => {
  const { shop, topic } = withTopic()
  const correction = shop.work('fixup! change c', { 'c.txt': lines(40, { 5: 'changed c', 9: 'corrected' }) })
  const memory = await rememberRepository(shop.path)
  shop.at(['rebase', '--quiet', '-i', '--autosquash', 'main'], { GIT_SEQUENCE_EDITOR: 'true' })
  await memory.remembered.settled()
  expect(plain(memory.rewrites())).toEqual(
    plain([topic[2] ?? '', correction].map((from) => ({ from, to: shop.head() }))),
  )
})

test('a copy on another branch gives way to the commit that took the place of the lost one', async () => {
  const { shop, topic } = withTopic()
  shop.git('branch', 'release', 'main')
  moveMain(shop)
  shop.git('checkout', '--quiet', 'release')
  shop.at(['cherry-pick', topic[0] ?? ''])
  const memory = await rememberRepository(shop.path)
  shop.at(['rebase', '--quiet', 'main', 'topic'])
  await memory.remembered.settled()
  expect(plain(memory.rewrites())).toEqual(plain(pairs(topic, shop.commits('main..topic'))))
})

test('rewrites are found by the next daemon when one ended before it could look for them', async () => {
  const { shop, topic } = withTopic()
  const first = await rememberRepository(shop.path)
  const keepsakes = await first.close()
  shop.at(['commit', '--quiet', '--amend', '-m', 'another message'])
  const amended = shop.head()
  // So many more that their messages are kept long before their hunks.
  for (let index = 0; index < 40; index += 1) shop.work(`more ${index}`)
  const failing = await openMemory(shop.path, keepsakes, {
    store: {
      ...keepsakes.store,
      putDetails: () => Promise.reject(new Error('the disk is full')),
    },
  })
  await expect(failing.remembered.settled()).rejects.toThrow('the disk is full')
  await failing.close()
  const next = await rememberRepository(shop.path, keepsakes)
  expect(plain(next.rewrites())).toEqual([{ from: topic[2], to: amended }])
})

test('rewrites are found after a restart, and those found before are still known', async () => {
  const { shop, topic } = withTopic()
  const first = await rememberRepository(shop.path, newKeepsakes())
  const keepsakes = await first.close()
  shop.at(['commit', '--quiet', '--amend', '-m', 'second'])
  const second = await rememberRepository(shop.path, keepsakes)
  const middle = shop.head()
  expect(plain(second.rewrites())).toEqual([{ from: topic[2], to: middle }])
  await second.close()
  shop.at(['commit', '--quiet', '--amend', '-m', 'third'])
  const third = await rememberRepository(shop.path, keepsakes)
  expect(third.memory.identities.was(shop.head())).toEqual([middle, topic[2]])
  expect(third.memory.identities.identityOf(shop.head())).toBe(topic[2])
})

test('a squash says what became of a commit, not a copy of it that stood elsewhere all along', async () => {
  const { shop, topic } = withTopic()
  shop.git('branch', 'elsewhere', 'main')
  shop.git('checkout', '--quiet', 'elsewhere')
  shop.pass(60)
  shop.work('the same by chance', { 'b.txt': lines(40, { 5: 'changed b' }) })
  const { remembered, rewrites } = await rememberRepository(shop.path)
  shop.git('checkout', '--quiet', 'main')
  shop.at(['merge', '--quiet', '--squash', 'topic'])
  const into = shop.work('everything at once')
  await remembered.settled()
  shop.git('branch', '--quiet', '-D', 'topic')
  await remembered.settled()
  expect(plain(rewrites())).toEqual(plain(pairs(topic, [into, into, into])))
})
