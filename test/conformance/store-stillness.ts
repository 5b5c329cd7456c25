import { expect, test } from 'vitest'
import type { MemoryStore } from '../../daemon/store/store.ts'
import { detailRow, episodeRow } from './store-rows.ts'

/** Says what a store owes to whoever copies it. */
export function describeStillness(store: () => MemoryStore): void {
  test('nothing is written while something is done in stillness', async () => {
    const { promise: seen, resolve: see } = Promise.withResolvers<void>()
    const counts = async () => (await store().episodeIds()).length + (await store().completeIds()).length
    const still = store().whileStill(async () => {
      await seen
      return counts()
    })
    const writes = [store().putEpisodes([episodeRow('a')]), store().putDetails([detailRow('b')], [])]
    await new Promise((resolve) => setTimeout(resolve, 20))
    see()
    expect(await still).toBe(0)
    await Promise.all(writes)
    expect(await counts()).toBe(2)
  })
}
