import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MemoryStore } from '../../daemon/store/store.ts'
import { describeMoves } from './store-moves.ts'
import { describeScripts } from './store-scripts.ts'
import { describeStillness } from './store-stillness.ts'
import { describeNewVectors } from './store-vectors.ts'
import { allFacts, detailRow, dimensions, episodeRow, oidOf, passageRow, unitVector } from './store-rows.ts'

/** Says what every store owes to those who use it. */
export function describeStore(kind: string, open: () => Promise<MemoryStore>): void {
  describe(`the store ${kind}`, () => {
    let store: MemoryStore
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    describeEmptiness(() => store)
    describeRows(() => store)
    describeSearch(() => store)
    describeScripts(() => store)
    describeMoves(() => store)
    describeConcurrency(() => store)
    describeNewVectors(() => store)
    describeStillness(() => store)
  })
}

type Current = () => MemoryStore

function describeEmptiness(store: Current): void {
  test('a store without rows answers everything with nothing', async () => {
    expect(await store().episodeIds()).toEqual([])
    expect(await store().completeIds()).toEqual([])
    expect(await allFacts(store())).toEqual([])
    expect(await store().episodes([oidOf('nobody')])).toEqual([])
    expect(await store().details([oidOf('nobody')])).toEqual([])
    expect(await store().passages([oidOf('nobody')])).toEqual([])
    expect(await store().withPatchIds([oidOf('nothing')])).toEqual([])
    for (const column of ['message', 'paths', 'terms'] as const) {
      expect(await store().searchText(column, 'tide', 10)).toEqual([])
    }
    expect(await store().searchVector(unitVector(0), 10, 'test')).toEqual([])
    expect(await store().size()).toMatchObject({ episodes: 0, complete: 0, passages: 0, unindexed: 0 })
  })

  test('nothing can be put, asked for and optimized', async () => {
    await store().putEpisodes([])
    await store().putDetails([], [])
    await store().optimize()
    expect(await store().episodes([])).toEqual([])
    expect(await store().withPatchIds([])).toEqual([])
    expect(await store().size()).toMatchObject({ episodes: 0, complete: 0, passages: 0 })
  })
}

function describeRows(store: Current): void {
  test('an episode comes back as it was put', async () => {
    const rows = [
      episodeRow('all', {
        parents: [oidOf(1), oidOf(2), oidOf(3)],
        author: { name: 'Zoë 張三', email: '', time: -62_135_596_800, zone: -720 },
        committer: { name: '', email: '<odd>', time: 4_102_444_800_000, zone: 840 },
        message:
          '修正 潮汐 🌊\n\nПрилив приходит в полдень.\tTab, "quotes", \\n and a NUL-free \u0001 byte.\r\n',
        links: '{"fixes":["abc"]}',
        redactions: 7,
        changes: [
          { path: 'new\nline\\name.ts', status: 'added' },
          { path: 'to/ファイル.ts', oldPath: 'from/ファイル.ts', status: 'renamed' },
          { path: 'tab\there', status: 'deleted' },
          { path: 'copy.ts', oldPath: 'original\n.ts', status: 'copied' },
          { path: '"caf\\351"', status: 'type-changed' },
          { path: 'both', status: 'unmerged' },
        ],
      }),
      episodeRow('nothing', { parents: [], message: '', changes: [] }),
    ]
    await store().putEpisodes(rows)
    expect(await store().episodes(rows.map(({ oid }) => oid))).toEqual(rows)
    const headlines = rows.map(({ oid, message }) => ({ oid, message }))
    expect(await store().headlines(rows.map(({ oid }) => oid))).toEqual(headlines)
  })

  test('details come back as they were put', async () => {
    const rows = [
      detailRow('all', {
        counts: [
          { path: 'a\tb\nc', additions: 1, deletions: 2, binary: false },
          { path: 'image.png', additions: 0, deletions: 0, binary: true },
        ],
        symbols: ['int main(void)', 'line\nfeed', '## Über'],
        patchId: undefined,
        redactions: 3,
      }),
      detailRow('nothing', { counts: [], symbols: [], tokens: 0 }),
    ]
    await store().putDetails(rows, [])
    expect(await store().details(rows.map(({ oid }) => oid))).toEqual(rows)
  })

  test('rows come in the order asked, and those that are unknown are left out', async () => {
    const names = ['c', 'a', 'b']
    await store().putEpisodes(names.map((name) => episodeRow(name)))
    await store().putDetails(
      names.map((name) => detailRow(name)),
      names.flatMap((name) => [passageRow(name, 1), passageRow(name, 0)]),
    )
    const asked = [oidOf('b'), oidOf('unknown'), oidOf('a')]
    expect((await store().episodes(asked)).map(({ oid }) => oid)).toEqual([oidOf('b'), oidOf('a')])
    expect((await store().details(asked)).map(({ oid }) => oid)).toEqual([oidOf('b'), oidOf('a')])
    const { terms: _terms, vector: _vector, ...first } = passageRow('b', 0)
    const passages = await store().passages(asked)
    expect(passages[0]).toEqual(first)
    expect(passages.map(({ key }) => key)).toEqual(['b:0', 'b:1', 'a:0', 'a:1'].map(keyOf))
  })

  test('putting the same again changes nothing', async () => {
    const passages = [passageRow('a', 0), passageRow('a', 1)]
    for (const _time of [1, 2, 3]) {
      await store().putEpisodes([episodeRow('a'), episodeRow('b'), episodeRow('a')])
      await store().putDetails([detailRow('a'), detailRow('a')], [...passages, ...passages])
    }
    expect(await store().size()).toMatchObject({ episodes: 2, complete: 1, passages: 2 })
    expect(await store().searchText('message', 'change', 10)).toHaveLength(2)
    expect(await store().searchText('terms', 'word0', 10)).toHaveLength(1)
    expect(await store().searchVector(unitVector(0), 10, 'test')).toHaveLength(2)
    expect(await allFacts(store())).toHaveLength(2)
  })

  test('what is put again takes the place of what was there', async () => {
    await store().putEpisodes([episodeRow('a'), episodeRow('b')])
    await store().putDetails([detailRow('a')], [passageRow('a', 0, { terms: 'ebb' }), passageRow('a', 1)])
    await store().putEpisodes([episodeRow('a', { message: 'the moon\n' })])
    await store().putDetails(
      [detailRow('a', { patchId: oidOf('other') })],
      [passageRow('a', 0, { terms: 'flood' })],
    )

    expect((await store().episodes([oidOf('a')])).map(({ message }) => message)).toEqual(['the moon\n'])
    expect(await store().searchText('message', 'moon', 10)).toMatchObject([{ oid: oidOf('a') }])
    expect(await store().searchText('message', 'change', 10)).toMatchObject([{ oid: oidOf('b') }])
    expect(await store().searchText('terms', 'ebb', 10)).toEqual([])
    expect(await store().searchText('terms', 'flood', 10)).toMatchObject([{ key: keyOf('a:0') }])
    expect(await store().passages([oidOf('a')])).toHaveLength(1)
    expect(await store().withPatchIds([oidOf('patch of a')])).toEqual([])
    expect(await store().withPatchIds([oidOf('other')])).toHaveLength(1)
    expect(await store().size()).toMatchObject({ episodes: 2, complete: 1, passages: 1 })
  })

  test('a commit is complete when its details are there, with passages or without', async () => {
    await store().putEpisodes([episodeRow('a'), episodeRow('b'), episodeRow('c')])
    await store().putDetails([detailRow('a'), detailRow('b')], [passageRow('a', 0)])
    expect((await store().episodeIds()).toSorted()).toEqual(['a', 'b', 'c'].map(oidOf).toSorted())
    expect((await store().completeIds()).toSorted()).toEqual(['a', 'b'].map(oidOf).toSorted())
  })

  test('facts are the episodes without their text', async () => {
    const changes = [{ path: 'new', oldPath: 'old', status: 'renamed' as const }]
    const message = '\nThe tide\nturns\n\nat noon\n'
    await store().putEpisodes([episodeRow('a', { message, changes, links: 'x' })])
    expect(await allFacts(store())).toEqual([
      {
        oid: oidOf('a'),
        parents: [oidOf('parent of a')],
        authorName: 'Ada Author',
        authorEmail: 'ada@example.com',
        authorTime: 1_700_000_000,
        authorZone: 60,
        committerTime: 1_700_000_100,
        subject: 'The tide turns',
        links: 'x',
        paths: ['new'],
      },
    ])
  })

  test('thousands of rows are all there, and are found by patch id', async () => {
    const names = Array.from({ length: 5000 }, (_, index) => index)
    await store().putEpisodes(names.map((name) => episodeRow(name)))
    await store().putDetails(
      names.map((name) => detailRow(name)),
      names.map((name) => passageRow(name, 0)),
    )
    expect(new Set((await allFacts(store())).map(({ oid }) => oid)).size).toBe(5000)
    const oids = names.map(oidOf)
    expect((await store().episodes(oids)).map(({ oid }) => oid)).toEqual(oids)
    expect((await store().details(oids)).map(({ oid }) => oid)).toEqual(oids)
    expect(await store().passages(oids)).toHaveLength(5000)
    const patches = [17, 4711].map((name) => oidOf(`patch of ${name}`))
    const found = await store().withPatchIds(patches)
    expect(found.map(({ oid }) => oid).toSorted()).toEqual([17, 4711].map(oidOf).toSorted())
  })

  test.each([dimensions - 1, dimensions + 1, 0])('a vector of %i numbers is refused', async (length) => {
    const put = store().putDetails(
      [detailRow('a')],
      [passageRow('a', 0, { vector: new Float32Array(length) })],
    )
    await expect(put).rejects.toMatchObject({ code: 'embedder.broken' })
    expect(await store().completeIds()).toEqual([])
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('a vector that holds %d is refused', async (value) => {
    const put = store().putDetails(
      [detailRow('a')],
      [passageRow('a', 0, { vector: unitVector(0).fill(value, 0, 1) })],
    )
    await expect(put).rejects.toMatchObject({ code: 'embedder.broken' })
    expect(await store().completeIds()).toEqual([])
  })
}

function describeSearch(store: Current): void {
  test('words of a message are found in any case, in any order, alone or among others', async () => {
    await store().putEpisodes([
      episodeRow('tide', { message: 'Harbour: the Tide turns at noon\n' }),
      episodeRow('code', { message: 'call strbuf_addf() with "quoted" words\n' }),
      episodeRow('other', { message: 'nothing of the kind\n' }),
    ])
    const found = async (words: string) =>
      (await store().searchText('message', words, 10)).map(({ oid }) => oid)
    expect(await found('TIDE')).toEqual([oidOf('tide')])
    expect(await found('noon harbour')).toEqual([oidOf('tide')])
    expect(await found('strbuf_addf')).toEqual([oidOf('code')])
    expect(await found('strbuf_addf()')).toEqual([oidOf('code')])
    expect(await found('"quoted"')).toEqual([oidOf('code')])
    expect(await found('elsewhere unseen')).toEqual([])
  })

  test('words in other scripts are found', async () => {
    await store().putEpisodes([
      episodeRow('russian', { message: 'Исправить прилив в гавани\n' }),
      episodeRow('chinese', { message: '修复 潮汐 计算\n' }),
    ])
    expect(await store().searchText('message', 'Прилив', 10)).toMatchObject([{ oid: oidOf('russian') }])
    expect(await store().searchText('message', '潮汐', 10)).toMatchObject([{ oid: oidOf('chinese') }])
  })

  test('a path is found by its parts, under its old name too', async () => {
    const changes = [
      { path: 'daemon/lifecycle.ts', oldPath: 'server/shutdown.ts', status: 'renamed' as const },
    ]
    await store().putEpisodes([episodeRow('a', { changes }), episodeRow('b')])
    expect(await store().searchText('paths', 'lifecycle.ts daemon', 10)).toMatchObject([
      { oid: oidOf('a') },
      {},
    ])
    expect(await store().searchText('paths', 'shutdown', 10)).toMatchObject([{ oid: oidOf('a') }])
  })

  test('terms are split at spaces alone', async () => {
    await store().putDetails(
      [detailRow('a')],
      [
        passageRow('a', 0, { terms: 'strbuf_addf strbuf running' }),
        passageRow('a', 1, { terms: 'x->y tide' }),
      ],
    )
    expect(await store().searchText('terms', 'strbuf_addf', 10)).toMatchObject([{ key: keyOf('a:0') }])
    expect(await store().searchText('terms', 'x->y', 10)).toMatchObject([{ key: keyOf('a:1') }])
    expect(await store().searchText('terms', 'addf', 10)).toEqual([])
    const place = { oid: oidOf('a'), key: keyOf('a:1'), path: 'src/a.ts', startLine: 11, endLine: 19 }
    expect(await store().searchText('terms', 'tide', 10)).toEqual([{ ...place, score: expect.any(Number) }])
  })

  test('what holds more of the words, and rarer ones, comes first', async () => {
    await store().putEpisodes([
      episodeRow('both', { message: 'tide harbour\n' }),
      episodeRow('one', { message: 'harbour wall\n' }),
      episodeRow('more', { message: 'harbour master\n' }),
    ])
    const matches = await store().searchText('message', 'tide harbour', 10)
    expect(matches[0]).toMatchObject({ oid: oidOf('both') })
    expect(matches.map(({ score }) => score)).toEqual(
      matches.map(({ score }) => score).toSorted((a, b) => b - a),
    )
    expect(await store().searchText('message', 'tide harbour', 2)).toHaveLength(2)
  })

  test.each([
    ['nothing', ''],
    ['spaces', ' \t\n '],
    ['operators', 'tide AND (harbour OR NOT "x) +y -z ~2 ^3 col:val * ? [a TO b] \\'],
    ['control characters', 'ti\u0000de \u0007\u001b[31m \ud800 harbour'],
    ['quotes', "'\"`\"\"'' tide'; DROP TABLE episodes; --"],
    ['many words', Array.from({ length: 3000 }, (_, index) => `w${index}`).join(' ')],
    ['one long word', 'x'.repeat(16_384)],
    ['many of one letter', 'a b c d e f g h '.repeat(1024)],
    ['another script without spaces', '潮'.repeat(5000)],
  ])('a question of %s is answered', async (_name, question) => {
    await store().putEpisodes([episodeRow('a', { message: 'tide harbour\n' })])
    await store().putDetails([detailRow('a')], [passageRow('a', 0, { terms: 'tide harbour' })])
    for (const column of ['message', 'paths', 'terms'] as const) {
      expect(Array.isArray(await store().searchText(column, question, 10))).toBe(true)
    }
  })

  test('the passage that points the same way comes first, and its score is the cosine', async () => {
    const slanted = Float32Array.from(unitVector(0), (_, index) => [0.6, 0.8][index] ?? 0)
    await store().putDetails(
      [detailRow('a')],
      [0, 1, 2].map((axis) => passageRow('a', axis)),
    )
    const matches = await store().searchVector(slanted, 2, 'test')
    expect(matches.map(({ key }) => key)).toEqual(['a:1', 'a:0'].map(keyOf))
    expect(matches.map(({ score }) => score)).toEqual([expect.closeTo(0.8, 3), expect.closeTo(0.6, 3)])
    expect(matches[0]).toMatchObject({ oid: oidOf('a'), path: 'src/a.ts', startLine: 11, endLine: 19 })
  })

  test('a limit of none gives none, and one beyond all gives all', async () => {
    await store().putDetails([detailRow('a')], [passageRow('a', 0), passageRow('a', 1)])
    expect(await store().searchVector(unitVector(0), 0, 'test')).toEqual([])
    expect(await store().searchVector(unitVector(0), 5000, 'test')).toHaveLength(2)
    expect(await store().searchText('terms', 'of', 0)).toEqual([])
    expect(await store().searchText('terms', 'of', 5000)).toHaveLength(2)
  })

  test('optimizing changes no answer', async () => {
    const names = Array.from({ length: 40 }, (_, index) => index)
    for (const name of names) {
      await store().putEpisodes([episodeRow(name)])
      await store().putDetails([detailRow(name)], [passageRow(name, name)])
    }
    await store().putEpisodes([episodeRow(3, { message: 'rare pearl\n' })])
    const ask = async () => ({
      change: (await store().searchText('message', 'change', 100)).map(({ oid }) => oid).toSorted(),
      pearl: await store()
        .searchText('message', 'pearl', 100)
        .then(([first]) => first?.oid),
      terms: (await store().searchText('terms', 'word7', 100)).map(({ key }) => key),
      vectors: (await store().searchVector(unitVector(2), 5, 'test'))
        .map(({ key }) => key ?? '')
        .toSorted(byText),
      passages: await store().passages(names.map(oidOf)),
    })
    const before = await ask()
    await store().optimize()
    expect(await ask()).toEqual(before)
    expect(await store().size()).toMatchObject({ episodes: 40, complete: 40, passages: 40, unindexed: 0 })
    await store().optimize()
    expect(await ask()).toEqual(before)
  })
}

function describeConcurrency(store: Current): void {
  test('many puts at once, and readers among them, lose nothing and double nothing', async () => {
    const names = Array.from({ length: 30 }, (_, index) => index)
    const puts = names.map(async (name) => {
      await store().putEpisodes([episodeRow(name), episodeRow('shared')])
      await store().putDetails(
        [detailRow(name), detailRow('shared')],
        [passageRow(name, 0), passageRow('shared', 0)],
      )
      expect(await store().episodes([oidOf(name)])).toHaveLength(1)
      expect(await store().passages([oidOf(name)])).toHaveLength(1)
      expect((await store().searchText('message', 'shared', 100)).length).toBeLessThanOrEqual(1)
    })
    await Promise.all(puts)
    expect(await store().size()).toMatchObject({ episodes: 31, complete: 31, passages: 31 })
    expect(await allFacts(store())).toHaveLength(31)
  })

  test('readers go on while the store is optimized', async () => {
    const names = Array.from({ length: 300 }, (_, index) => index)
    await store().putEpisodes(names.map((name) => episodeRow(name)))
    await store().putDetails(
      names.map((name) => detailRow(name)),
      names.map((name) => passageRow(name, 0)),
    )
    let done = false
    const optimizing = (async () => {
      for (const _time of [1, 2, 3]) await store().optimize()
      done = true
    })()
    let rounds = 0
    while (!done || rounds === 0) {
      expect(await store().searchText('message', 'change', 1000)).toHaveLength(300)
      expect(await store().searchText('terms', 'word0', 1000)).toHaveLength(300)
      expect(await store().passages(names.map(oidOf))).toHaveLength(300)
      rounds++
    }
    await optimizing
  })
}

function byText(a: string, b: string): number {
  return a.localeCompare(b)
}

function keyOf(short: string): string {
  const [name = '', ordinal] = short.split(':')
  return `${oidOf(name)}:${ordinal}`
}
