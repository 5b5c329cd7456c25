import { expect, test } from 'vitest'
import type { MemoryStore } from '../../daemon/store/store.ts'
import { detailRow, dimensions, oidOf, passageRow, unitVector } from './store-rows.ts'

/** Says what every store owes when its vectors are replaced by those of another embedder. */
export function describeNewVectors(store: () => MemoryStore): void {
  const next = { embedder: 'next', dimensions: 4 }
  const names = Array.from({ length: 700 }, (_, index) => index)
  const fill = (some: readonly number[]) =>
    store().putDetails(
      some.map((name) => detailRow(name)),
      some.flatMap((name) =>
        [0, 1].map((at) => passageRow(name, at, { terms: `all word${name % 4} at${at}` })),
      ),
    )
  /** Along the axis that the first word's number names. */
  const encode = async (texts: readonly string[]) =>
    Float32Array.from({ length: 4 * texts.length }, (_, at) =>
      Number(texts[Math.floor(at / 4)]?.split('word')[1]?.[0]) === at % 4 ? 1 : 0,
    )
  const along = (axis: number) => Float32Array.from({ length: 4 }, (_, at) => (at === axis ? 1 : 0))
  const keysOf = async (some: readonly number[]) =>
    (await store().passages(some.map(oidOf))).map(({ key }) => key).toSorted(byText)

  test('every passage is found by its terms when they are read through', async () => {
    await fill(names)
    await fill([3])
    const found: string[] = []
    for await (const batch of store().scanTerms(new AbortController().signal)) {
      found.push(...batch.map(({ oid, ordinal, terms }) => `${oid}:${ordinal} ${terms}`))
    }
    expect(new Set(found).size).toBe(found.length)
    expect(found).toHaveLength(1400)
    expect(found).toContain(`${oidOf(5)}:1 all word1 at1`)
  })

  test('new vectors answer when they are enforced, all of them and none before', async () => {
    await fill(names.slice(0, 600))
    const prepared = await store().prepareVectors(next, encode, new AbortController().signal)
    expect(store()).toMatchObject({ embedder: 'test', dimensions })
    expect(await store().searchVector(unitVector(0), 10, 'test')).toHaveLength(10)
    expect(await store().searchVector(along(0), 10, 'next')).toEqual([])
    await fill(names.slice(590))

    await prepared.enforce()
    expect(store()).toMatchObject(next)
    expect(await store().searchVector(unitVector(0), 10, 'test')).toEqual([])
    const near = await store().searchVector(along(2), 350, 'next')
    expect(near.map(({ score }) => score)).toEqual(near.map(() => expect.closeTo(1, 3)))
    const asked = names.filter((name) => name % 4 === 2)
    expect(near.map(({ key }) => key ?? '').toSorted(byText)).toEqual(await keysOf(asked))
    expect(await store().completeIds()).toHaveLength(700)
    expect(await store().searchText('terms', 'all', 5000)).toHaveLength(1400)
    await store().putDetails([detailRow('new')], [passageRow('new', 0, { vector: along(1) })])
    await expect(store().putDetails([detailRow('old')], [passageRow('old', 0)])).rejects.toThrow('8 numbers')
  })

  test('vectors that are given up leave everything as it was', async () => {
    await fill(names.slice(0, 10))
    const given = AbortSignal.abort(new Error('enough'))
    await expect(store().prepareVectors(next, encode, given)).rejects.toThrow('enough')
    const fail = async () => {
      throw new Error('the encoder is gone')
    }
    await expect(store().prepareVectors(next, fail, new AbortController().signal)).rejects.toThrow('gone')
    const prepared = await store().prepareVectors(next, encode, new AbortController().signal)
    await prepared.discard()
    expect(store()).toMatchObject({ embedder: 'test', dimensions })
    expect(await store().searchVector(unitVector(1), 100, 'test')).toHaveLength(20)
    const again = await store().prepareVectors(next, encode, new AbortController().signal)
    await again.enforce()
    expect(await store().searchVector(along(1), 100, 'next')).toHaveLength(20)
  })
}

function byText(a: string, b: string): number {
  return a.localeCompare(b)
}
