import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createUpkeep, type Upkeep } from '../../../daemon/store/upkeep.ts'

test('a store is optimized by itself after each hundred writes', async () => {
  let times = 0
  const upkeep = createUpkeep(async () => void times++)
  await write(upkeep, 99)
  expect(times).toBe(0)
  await write(upkeep, 1)
  expect(times).toBe(1)
  await write(upkeep, 199)
  expect(times).toBe(2)
})

test('writes that were optimized on demand no longer count', async () => {
  let times = 0
  const upkeep = createUpkeep(async () => void times++)
  await write(upkeep, 99)
  await upkeep.run()
  await write(upkeep, 99)
  expect(times).toBe(1)
})

test('an optimization that fails fails no write, only the one who asked for it', async () => {
  const upkeep = createUpkeep(() => Promise.reject(new Error('The disk is full.')))
  await write(upkeep, 100)
  await expect(upkeep.run()).rejects.toThrow('The disk is full.')
})

async function write(upkeep: Upkeep, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await upkeep.after(Promise.resolve())
  await setImmediate()
}
