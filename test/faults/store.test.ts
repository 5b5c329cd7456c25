import { spawn, spawnSync } from 'node:child_process'
import {
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLanceStore } from '../../daemon/store/lance-store.ts'
import type { MemoryStore } from '../../daemon/store/store.ts'
import {
  allFacts,
  detailRow,
  dimensions,
  episodeRow,
  oidOf,
  passageRow,
  unitVector,
} from '../conformance/store-rows.ts'
import { commitsOf, passagesPerCommit } from './store-rounds.ts'

/** The kill is repeated as often as this says; a soak sets a hundred and more. */
const kills = Number(process.env['STORE_KILLS'] ?? 4)
const writer = join(import.meta.dirname, 'store-writer.ts')
const names = Array.from({ length: 60 }, (_, index) => `n${index}`)

let folder: string
let healed: string[]
const open = (embedder = 'test') =>
  openLanceStore(folder, {
    embedder,
    dimensions,
    graceMs: 0,
    now: Date.now,
    onHealed: (detail) => healed.push(detail),
  })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'))
  healed = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('what was acknowledged is there after the store is opened again', async () => {
  await withStore(fill)
  await withStore(async (store) => {
    expect((await store.episodeIds()).length).toBe(names.length)
    expect(await store.episodes([oidOf('n7')])).toEqual([episodeRow('n7')])
    expect(await store.details([oidOf('n7')])).toEqual([detailRow('n7')])
    expect(await store.searchText('terms', 'n7', 10)).toHaveLength(2)
    expect(await store.size()).toMatchObject({ episodes: 60, complete: 60, passages: 120 })
  })
  expect(healed).toEqual([])
})

test(`a writer that is killed ${kills} times loses nothing that it acknowledged, and doubles nothing`, async () => {
  let next = 0
  for (let kill = 0; kill < kills; kill++) {
    // Every other writer may be killed before it has put anything; the rest have done so once, however slow they are.
    const begins = kill % 2 === 0 ? 'put' : 'opened'
    const { acknowledged, problems } = await writeUntilKilled(next, begins, 20 + ((kill * 137) % 400))
    expect(problems).toEqual([])
    next = Math.max(next, acknowledged + 1)
    await withStore(async (store) => expectWhole(store, acknowledged))
    // What was not acknowledged may be there or not; it is put again, as git would.
  }
  expect(next).toBeGreaterThanOrEqual(kills / 2)
  expect(healed).toEqual([])
}, 600_000)

test.each(['episodes', 'details', 'passages'])(
  'an empty newest manifest of the %s is moved aside',
  async (table) => {
    await withStore(fill)
    await withStore((store) => fill(store, ['late']))
    const versions = join(folder, `${table}.lance`, '_versions')
    truncateSync(join(versions, newest(versions)), 0)
    await withStore(expectRefillable)
    expect(healed.length).toBeGreaterThan(0)
    expect(readdirSync(join(folder, 'quarantine')).length).toBeGreaterThan(0)
  },
)

test.each(['episodes', 'details', 'passages'])(
  'a %s file that a crash left empty costs a version',
  async (table) => {
    await withStore(fill)
    await withStore((store) => fill(store, ['late']))
    const data = join(folder, `${table}.lance`, 'data')
    // Written, but neither flushed nor sealed: as if the machine had gone down before it was acknowledged.
    const [file = ''] = readdirSync(data).toSorted(
      (a, b) => statSync(join(data, b)).mtimeMs - statSync(join(data, a)).mtimeMs,
    )
    truncateSync(join(data, file), 0)
    forgetSeals(table, (line) => line.includes(file))
    await withStore(async (store) => {
      expect((await store.episodeIds()).length).toBeGreaterThanOrEqual(names.length)
      await expectRefillable(store)
    })
  },
)

test.each(['episodes', 'details', 'passages'])(
  'a flipped bit in the %s is noticed, and mended',
  async (table) => {
    await withStore(fill)
    const data = join(folder, `${table}.lance`, 'data')
    flipBit(join(data, readdirSync(data)[0] ?? ''))
    await withStore(expectRefillable)
    expect(healed.join()).toContain('is not what was written')
  },
)

test('a flipped bit in an index is noticed, and mended', async () => {
  await withStore(async (store) => {
    await fill(store)
    await store.optimize()
  })
  const indexes = join(folder, 'passages.lance', '_indices')
  const [file = ''] = readdirSync(indexes, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.lance'),
  )
  flipBit(join(indexes, file))
  await withStore(expectRefillable)
  expect(healed).not.toEqual([])
})

test('files that vanish while the store is open are mended by the read that misses them', async () => {
  await withStore(fill)
  await withStore(async (store) => {
    rmSync(join(folder, 'episodes.lance', 'data'), { recursive: true })
    const found = await store.episodes([oidOf('n1')])
    expect(found.length).toBeLessThanOrEqual(1)
    await store.putEpisodes([episodeRow('after')]).catch(() => undefined)
    await expectRefillable(store)
  })
  expect(healed).not.toEqual([])
})

test('a folder of which half was deleted is mended', async () => {
  await withStore(async (store) => {
    await fill(store)
    await store.optimize()
    await fill(store, ['late'])
  })
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  const victims = files
    .filter((path) => statSync(path).isFile())
    .toSorted()
    .filter((_, index) => index % 2 === 0)
  for (const path of victims) rmSync(path)
  await withStore(expectRefillable)
})

test('a write of which a crash left only half is put again, and nothing is called lost', async () => {
  await withStore(fill)
  await withStore((store) => fill(store, ['late']))
  const versions = join(folder, 'passages.lance', '_versions')
  const manifest = newest(versions)
  rmSync(join(versions, manifest))
  forgetSeals('passages', (line) => line.includes(manifest))
  await withStore(async (store) => {
    expect(await store.completeIds()).toHaveLength(names.length)
    expect(await store.episodeIds()).toHaveLength(names.length + 1)
    await expectRefillable(store)
  })
  expect(healed).toEqual([])
})

test('passages that vanish are called lost', async () => {
  await withStore(fill)
  rmSync(join(folder, 'passages.lance'), { recursive: true })
  rmSync(join(folder, 'seals', 'passages'))
  await withStore(expectRefillable)
  expect(healed).toEqual([`Passages of ${names.length} commits were lost and are read again from git.`])
})

test.each(['episodes', 'details', 'passages'])('a folder of %s that is gone is made again', async (table) => {
  await withStore(fill)
  rmSync(join(folder, `${table}.lance`), { recursive: true })
  await withStore(expectRefillable)
})

test('another embedder begins with the hunks again and keeps the episodes', async () => {
  await withStore(fill)
  const store = await open('another')
  expect(store.embedder).toBe('another')
  expect(await store.completeIds()).toEqual([])
  expect(await store.searchVector(unitVector(0), 10, 'another')).toEqual([])
  expect(await store.searchText('message', 'change', 100)).toHaveLength(names.length)
  await store.close()
  expect(healed).toEqual([expect.stringContaining('another')])
})

test('a store of an older form is read again from git', async () => {
  await withStore(fill)
  const file = join(folder, 'store.json')
  writeFileSync(file, readFileSync(file, 'utf8').replace('"format":2', '"format":1'))
  await withStore(async (store) => {
    expect(await store.episodeIds()).toEqual([])
    await store.putEpisodes([episodeRow('again')])
  })
  expect(healed).toEqual([expect.stringContaining('older form')])
  await withStore(async (store) => expect(await store.episodeIds()).toHaveLength(1))
})

test('a store of a newer aios is left as it is', async () => {
  await withStore(fill)
  writeFileSync(join(folder, 'store.json'), '{"format": 999}')
  await expect(open()).rejects.toMatchObject({ code: 'store.newer' })
})

test('settings that a crash left empty cost the hunks, not the episodes', async () => {
  await withStore(fill)
  truncateSync(join(folder, 'store.json'), 0)
  await withStore(async (store) => {
    expect((await store.episodeIds()).length).toBe(names.length)
    await expectRefillable(store)
  })
})

test('a full disk is told apart from damage, and what was acknowledged stays', async (context) => {
  const lines = inMount(
    `mount -t tmpfs -o size=2m tmpfs "$1" && "$0" "$2" "$1/store"; "$0" "$2" "$1/store" 0 0`,
  )
  if (lines === undefined) return context.skip('no file system can be mounted here')
  const acknowledged = lines.filter((line) => 'put' in line).length
  expect(acknowledged).toBeGreaterThan(3)
  expect(lines.at(-2)).toMatchObject({ code: 'store.full' })
  expect(lines.at(-1)).toEqual({ opened: expect.any(Number) })
  expect(Number(lines.at(-1)?.['opened'])).toBeGreaterThanOrEqual(commitsOf(0).length * acknowledged)
  expect(lines.filter((line) => 'crashed' in line || 'healed' in line)).toEqual([])
}, 60_000)

test('a folder that may not be written is told apart from damage', async (context) => {
  await withStore(fill)
  const mount = `mount --bind "$3" "$1" && mount -o remount,ro,bind "$1"`
  const lines = inMount(`${mount} && "$0" "$2" "$1" 0 1`, folder)
  if (lines === undefined) return context.skip('no file system can be mounted here')
  expect(lines.at(-1)).toMatchObject({ code: 'state.unwritable' })
  await withStore(async (store) => expect((await store.completeIds()).length).toBe(names.length))
  expect(healed).toEqual([])
})

test('a store that was closed says so', async () => {
  const store = await open()
  await store.close()
  await store.close()
  await expect(store.episodeIds()).rejects.toMatchObject({ code: 'store.unavailable' })
  await expect(store.putEpisodes([episodeRow('a')])).rejects.toMatchObject({ code: 'store.unavailable' })
})

async function withStore(use: (store: MemoryStore) => Promise<void>): Promise<void> {
  const store = await open()
  try {
    await use(store)
  } finally {
    await store.close()
  }
}

async function fill(store: MemoryStore, which: readonly string[] = names): Promise<void> {
  await store.putEpisodes(which.map((name) => episodeRow(name)))
  await store.putDetails(
    which.map((name) => detailRow(name)),
    which.flatMap((name) => [passageRow(name, 0), passageRow(name, 1)]),
  )
}

/** What is there is consistent, and what is missing can be put again as git would. */
async function expectRefillable(store: MemoryStore): Promise<void> {
  const complete = await store.completeIds()
  expect(await store.passages(complete)).toHaveLength(complete.length * 2)
  await fill(store)
  expect((await store.episodes(names.map(oidOf))).map(({ oid }) => oid)).toEqual(names.map(oidOf))
  expect(await store.passages(names.map(oidOf))).toHaveLength(names.length * 2)
  expect(await store.searchText('terms', 'n7', 10)).toHaveLength(2)
  expect((await store.searchText('message', 'change', 1000)).length).toBe((await store.episodeIds()).length)
  await store.optimize()
  expect(await store.searchText('terms', 'n7', 10)).toHaveLength(2)
}

async function expectWhole(store: MemoryStore, acknowledged: number): Promise<void> {
  const commits = Array.from({ length: acknowledged + 1 }, (_, round) => commitsOf(round))
    .flat()
    .map(oidOf)
  const [episodes, complete] = [await store.episodeIds(), await store.completeIds()]
  expect(commits.filter((oid) => !episodes.includes(oid))).toEqual([])
  expect(commits.filter((oid) => !complete.includes(oid))).toEqual([])
  expect((await allFacts(store)).length).toBe(episodes.length)
  expect((await store.searchText('message', 'change', 100_000)).length).toBe(episodes.length)
  expect((await store.searchText('terms', 'of', 100_000)).length).toBe(complete.length * passagesPerCommit)
  expect((await store.size()).passages).toBe(complete.length * passagesPerCommit)
}

/** Returns the last round that was acknowledged, and whatever else the writer had to say. */
async function writeUntilKilled(
  first: number,
  begins: 'opened' | 'put',
  afterMs: number,
): Promise<{ acknowledged: number; problems: string[] }> {
  const child = spawn(process.execPath, [writer, folder, String(first)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  const problems: string[] = []
  let acknowledged = first - 1
  let killing: NodeJS.Timeout | undefined
  child.stderr.on('data', (data: Buffer) => problems.push(data.toString()))
  for await (const line of createInterface(child.stdout)) {
    const said = JSON.parse(line)
    if ('put' in said) acknowledged = said.put
    else if (!('opened' in said)) problems.push(line)
    if (begins in said) killing ??= setTimeout(() => child.kill('SIGKILL'), afterMs)
  }
  await ended
  return { acknowledged, problems }
}

/** Runs a script where it may mount, and returns what the writer said; undefined where nobody may. */
function inMount(script: string, ...more: string[]): Record<string, unknown>[] | undefined {
  const namespace = ['--mount', '--map-root-user']
  const point = mkdtempSync(join(tmpdir(), 'mount-'))
  if (spawnSync('unshare', [...namespace, 'mount', '-t', 'tmpfs', 'tmpfs', point]).status !== 0)
    return undefined
  const { stdout } = spawnSync('unshare', [
    ...namespace,
    'sh',
    '-c',
    script,
    process.execPath,
    point,
    writer,
    ...more,
  ])
  return stdout
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** The names of manifests count down. */
function newest(versions: string): string {
  return (
    readdirSync(versions)
      .filter((name) => name.endsWith('.manifest'))
      .toSorted()[0] ?? ''
  )
}

function flipBit(file: string): void {
  const bytes = readFileSync(file)
  const at = Math.floor(bytes.length / 3)
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.of((bytes[at] ?? 0) ^ 4), 0, 1, at)
  closeSync(handle)
}

function forgetSeals(table: string, which: (line: string) => boolean): void {
  const file = join(folder, 'seals', basename(table))
  const lines = readFileSync(file, 'utf8').split('\n')
  writeFileSync(file, lines.filter((line) => !which(line)).join('\n'))
}
