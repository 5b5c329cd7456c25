import { expect, test } from 'vitest'
import type { Match, MemoryStore } from '../../daemon/store/store.ts'
import { detailRow, episodeRow, oidOf, passageRow, unitVector } from './store-rows.ts'

/** Says what a store owes to who searches while rows come, go and are moved. */
export function describeMoves(store: () => MemoryStore): void {
  test('what is found says where it is, whatever was put or optimized since the last search', async () => {
    for (const round of [1, 2, 3]) {
      await put(store(), [`new ${round}`, 'often'], round)
      await expectFound(store(), round)
      await store().optimize()
      await expectFound(store(), round)
    }
  })

  test('searches that meet an optimization find everything', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `commit ${index}`)
    for (const name of names) await put(store(), [name], 1)
    const searching = Promise.all(
      Array.from({ length: 30 }, async () => (await store().searchText('terms', 'tide', 100)).length),
    )
    await store().optimize()
    expect(new Set(await searching)).toEqual(new Set([names.length]))
    expect(await store().searchText('message', 'change', 100)).toHaveLength(names.length)
  })
}

/** Puts commits with one passage each, whose place says in which round it was put. */
async function put(store: MemoryStore, names: readonly string[], round: number): Promise<void> {
  await store.putEpisodes(
    names.map((name) => episodeRow(name, { message: `change ${name}, round ${round}\n` })),
  )
  await store.putDetails(
    names.map((name) => detailRow(name)),
    names.map((name) => passageRow(name, 0, { terms: 'tide', path: `at ${name}`, startLine: round })),
  )
}

async function expectFound(store: MemoryStore, round: number): Promise<void> {
  const expected = [
    ...Array.from({ length: round }, (_, index) => ({ name: `new ${index + 1}`, startLine: index + 1 })),
    { name: 'often', startLine: round },
  ].map(({ name, startLine }) => ({
    oid: oidOf(name),
    key: `${oidOf(name)}:0`,
    path: `at ${name}`,
    startLine,
    endLine: 9,
  }))
  expect(placesOf(await store.searchText('terms', 'tide', 100))).toEqual(byKey(expected))
  expect(placesOf(await store.searchVector(unitVector(0), 100, 'test'))).toEqual(byKey(expected))
  const messages = await store.headlines(expected.map(({ oid }) => oid))
  expect(messages.map(({ oid }) => oid)).toEqual(expected.map(({ oid }) => oid))
  expect(messages.at(-1)?.message).toBe(`change often, round ${round}\n`)
  const spoken = await store.searchText('message', 'change', 100)
  expect(spoken.map(({ oid }) => oid).toSorted()).toEqual(expected.map(({ oid }) => oid).toSorted())
}

function placesOf(matches: readonly Match[]): Omit<Match, 'score'>[] {
  return byKey(matches.map(({ score: _score, ...place }) => place))
}

function byKey<T extends { readonly key?: string }>(places: readonly T[]): T[] {
  return places.toSorted((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1))
}
