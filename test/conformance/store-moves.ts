import { expect, test } from 'vitest'
import type { Match, MemoryStore } from '../../daemon/store/store.ts'
import { detailRow, episodeRow, oidOf, passageRow, unitVector } from './store-rows.ts'

/** Says what a store owes to who searches while rows come, go and are moved. */
export function describeMoves(store: () => MemoryStore): void {
  test('what is found says where it is, whatever was put or optimized since the last search', async () => {
    for (const round of [1, 2, 3]) {
      await put(store(), [`new ${round}`, 'often'], round)
      expect(await foundIn(store())).toEqual(expectedIn(round))
      await store().optimize()
      expect(await foundIn(store())).toEqual(expectedIn(round))
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

/** Returns what each search finds, by commit. */
async function foundIn(store: MemoryStore) {
  const spoken = await store.searchText('message', 'change', 100)
  return {
    terms: placesOf(await store.searchText('terms', 'tide', 100)),
    near: placesOf(await store.searchVector(unitVector(0), 100, 'test')),
    messages: (await store.headlines(spoken.map(({ oid }) => oid))).map(({ message }) => message).toSorted(),
  }
}

function expectedIn(round: number): Awaited<ReturnType<typeof foundIn>> {
  const put = [
    ...Array.from({ length: round }, (_, index) => ({ name: `new ${index + 1}`, round: index + 1 })),
    { name: 'often', round },
  ]
  const places = placesOf(
    put.map(({ name, round }) => {
      const place = { key: `${oidOf(name)}:0`, path: `at ${name}`, startLine: round, endLine: 9 }
      return { oid: oidOf(name), ...place, score: 1 }
    }),
  )
  const messages = put.map(({ name, round }) => `change ${name}, round ${round}\n`).toSorted()
  return { terms: places, near: places, messages }
}

function placesOf(matches: readonly Match[]): Omit<Match, 'score'>[] {
  const places = matches.map(({ score: _score, ...place }) => place)
  return places.toSorted((a, b) => (a.oid < b.oid ? -1 : 1))
}
