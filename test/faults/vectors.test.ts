import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openLanceStore } from '../../daemon/store/lance-store.ts'
import { readSettings } from '../../daemon/store/store-settings.ts'
import { detailRow, dimensions, episodeRow, passageRow } from '../conformance/store-rows.ts'
import { axisOf, vectorsOf } from './vectors-rounds.ts'

const names = Array.from({ length: 60 }, (_, index) => index)

test('a store that is killed while its vectors are replaced has all the old ones or all the new', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vectors-'))
  await fill(folder)
  let last = 0
  for (const delayMs of [0, 30, 80, 160]) {
    const { enforced, healed } = await killAfter(folder, delayMs)
    expect(healed).toEqual([])
    const inForce = await expectOneKind(folder)
    expect(inForce).toBeGreaterThanOrEqual(Math.max(last, enforced))
    last = inForce
  }
  expect(last).toBeGreaterThan(0)
})

async function fill(folder: string): Promise<void> {
  const store = await open(folder, 'round-0', () => {})
  await store.putEpisodes(names.map((name) => episodeRow(name)))
  await store.putDetails(
    names.map((name) => detailRow(name)),
    names.map((name) => passageRow(name, 0, { vector: vectorsOf(1, 0) })),
  )
  await store.close()
}

/** Lets a process replace vectors, and kills it so long after it has begun a round. */
async function killAfter(folder: string, delayMs: number): Promise<{ enforced: number; healed: string[] }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'vectors-writer.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const healed: string[] = []
  let enforced = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const said: unknown = JSON.parse(line)
    if (typeof said !== 'object' || said === null) continue
    if ('healed' in said) healed.push(String(said.healed))
    if ('enforced' in said) enforced = axisOf(String(said.enforced))
    if (!('enforced' in said) || enforced % 2 === 1) continue
    await sleep(delayMs)
    child.kill('SIGKILL')
  }
  await ended
  return { enforced, healed }
}

async function expectOneKind(folder: string): Promise<number> {
  const { embedder = '', passages = '' } = (await readSettings(folder)) ?? {}
  const healed: string[] = []
  const store = await open(folder, embedder, (detail) => healed.push(detail))
  const round = axisOf(embedder)
  const found = await store.searchVector(vectorsOf(1, round), 1000, embedder)
  expect(found.map(({ score }) => score)).toEqual(names.map(() => expect.closeTo(1, 3)))
  expect(await store.completeIds()).toHaveLength(names.length)
  expect(await store.searchText('terms', 'word0', 1000)).toHaveLength(names.length)
  await store.close()
  expect(healed).toEqual([])
  const tables = readdirSync(folder).filter((name) => name.startsWith('passages'))
  expect(tables).toEqual([`${passages}.lance`])
  return round
}

function open(folder: string, embedder: string, onHealed: (detail: string) => void) {
  return openLanceStore(folder, { embedder, dimensions, graceMs: 0, now: Date.now, onHealed })
}
