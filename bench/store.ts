import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLanceStore } from '../daemon/store/lance-store.ts'
import type { DetailRow, EpisodeRow, MemoryStore, PassageRow } from '../daemon/store/store.ts'

/** How large a history is made up. */
export interface StoreBenchOptions {
  readonly commits: number
  readonly passages: number
  readonly dimensions: number
  /** Commits that are put in one go. */
  readonly batch: number
  /** Commits that are put one by one afterwards. */
  readonly singles: number
}

const defaults: StoreBenchOptions = {
  commits: 80_000,
  passages: 220_000,
  dimensions: 128,
  batch: 1000,
  singles: 200,
}

/** Measures a store with a made-up history, the same each time, and prints one JSON object a line. */
export async function benchStore(options: StoreBenchOptions = defaults): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-store-'))
  const report = (name: string, figures: object) =>
    console.log(JSON.stringify({ bench: 'store', name, ...figures }))
  const open = () =>
    openLanceStore(join(folder, 'memory'), {
      embedder: 'bench',
      dimensions: options.dimensions,
      graceMs: 0,
      now: Date.now,
      onHealed: (detail) => report('healed', { detail }),
    })
  try {
    const store = await open()
    const history = createHistory(options)
    await putAll(store, history, options, report)
    await optimizeTwice(store, report)
    await search(store, history, 'indexed', report)
    await putSingles(store, history, options, report)
    await search(store, history, 'after singles', report)
    await optimizeTwice(store, report)
    await search(store, history, 'optimized again', report)
    await store.close()
    const start = performance.now()
    const again = await open()
    report('open', { ms: since(start), ...memory() })
    const scan = performance.now()
    let facts = 0
    for await (const batch of again.scanFacts(new AbortController().signal)) facts += batch.length
    report('scan facts', { ms: since(scan), facts, ...memory() })
    await again.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Report = (name: string, figures: object) => void
type History = ReturnType<typeof createHistory>

async function putAll(
  store: MemoryStore,
  history: History,
  { commits, batch }: StoreBenchOptions,
  report: Report,
): Promise<void> {
  let putMs = 0
  for (let from = 0; from < commits; from += batch) {
    const rows = Array.from({ length: Math.min(batch, commits - from) }, (_, index) =>
      history.episode(from + index),
    )
    const start = performance.now()
    await store.putEpisodes(rows)
    putMs += performance.now() - start
  }
  report('put episodes', {
    perSecond: Math.round(commits / (putMs / 1000)),
    ms: Math.round(putMs),
    ...memory(),
  })

  putMs = 0
  let passages = 0
  for (let from = 0; from < commits; from += batch) {
    const indexes = Array.from({ length: Math.min(batch, commits - from) }, (_, index) => from + index)
    const details = indexes.map((index) => history.detail(index))
    const pieces = indexes.flatMap((index) => history.passagesOf(index))
    const start = performance.now()
    await store.putDetails(details, pieces)
    putMs += performance.now() - start
    passages += pieces.length
  }
  report('put passages', {
    perSecond: Math.round(passages / (putMs / 1000)),
    ms: Math.round(putMs),
    passages,
    ...memory(),
  })
  report('size', await store.size())
}

async function optimizeTwice(store: MemoryStore, report: Report): Promise<void> {
  for (const time of ['first', 'second']) {
    const start = performance.now()
    const used = process.cpuUsage()
    await store.optimize()
    const { user, system } = process.cpuUsage(used)
    const cpuMs = Math.round((user + system) / 1000)
    report(`optimize, ${time}`, { ms: since(start), cpuMs, ...memory(), ...(await store.size()) })
  }
}

async function putSingles(
  store: MemoryStore,
  history: History,
  { commits, singles }: StoreBenchOptions,
  report: Report,
): Promise<void> {
  const episodes = []
  const details = []
  for (let index = commits; index < commits + singles; index++) {
    const start = performance.now()
    await store.putEpisodes([history.episode(index)])
    episodes.push(performance.now() - start)
    const middle = performance.now()
    await store.putDetails([history.detail(index)], history.passagesOf(index))
    details.push(performance.now() - middle)
  }
  report('put one episode', quantiles(episodes))
  report('put one detail', quantiles(details))
  report('size', await store.size())
}

async function search(store: MemoryStore, history: History, state: string, report: Report): Promise<void> {
  const measure = async (name: string, ask: (index: number) => Promise<readonly unknown[]>) => {
    const times = []
    let found = 0
    for (let index = 0; index < 40; index++) {
      const start = performance.now()
      found += (await ask(index)).length
      times.push(performance.now() - start)
    }
    report(`${name}, ${state}`, { ...quantiles(times), found })
  }
  const twenty = (index: number) =>
    Array.from({ length: 20 }, (_, other) => history.oid((index * 613 + other * 997) % history.commits))
  await measure('terms, 2 words', (index) => store.searchText('terms', history.question(index, 2), 100))
  await measure('terms, 12 words', (index) => store.searchText('terms', history.question(index, 12), 100))
  await measure('message, 3 words', (index) => store.searchText('message', history.question(index, 3), 100))
  await measure('message, 12 words', (index) => store.searchText('message', history.question(index, 12), 100))
  await measure('paths, 3 words', (index) => store.searchText('paths', history.question(index, 3), 100))
  await measure('vector', (index) => store.searchVector(history.vector(index + 7), 100, 'bench'))
  await measure('20 episodes', (index) => store.episodes(twenty(index)))
  await measure('20 details', (index) => store.details(twenty(index)))
  await measure('passages of 20', (index) => store.passages(twenty(index)))
  await measure('20 patch ids', (index) => store.withPatchIds(twenty(index)))
}

/** Makes up commits whose words follow Zipf's law. What a commit says depends on its number alone. */
function createHistory({ commits, passages, dimensions }: StoreBenchOptions) {
  const share = passages / commits
  const person = { name: 'Ada Author', email: 'ada@example.com', time: 1_700_000_000, zone: 60 }
  const word = (random: () => number) => `w${Math.floor(Math.exp(random() * Math.log(60_000))).toString(36)}`
  const words = (random: () => number, count: number) =>
    Array.from({ length: count }, () => word(random)).join(' ')
  const oid = (index: number) => {
    const random = createRandom(index + 1)
    return Array.from({ length: 5 }, () =>
      Math.floor(random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    ).join('')
  }
  const vector = (seed: number) => {
    const random = createRandom(seed)
    const centre = createRandom(seed % 300)
    const values = Float32Array.from({ length: dimensions }, () => centre() - 0.5 + (random() - 0.5) * 0.8)
    const length = Math.hypot(...values)
    return values.map((value) => value / length)
  }

  return {
    commits,
    oid,
    vector,
    question: (index: number, count: number) => words(createRandom(index * 31 + 5), count),
    episode(index: number): EpisodeRow {
      const random = createRandom(index + 2)
      return {
        oid: oid(index),
        tree: randomBytes(20).toString('hex'),
        parents: index === 0 ? [] : [oid(index - 1)],
        author: { ...person, time: person.time + index * 600 },
        committer: { ...person, time: person.time + index * 600 },
        message: `${words(random, 8)}\n\n${words(random, 80)}\n`,
        changes: Array.from({ length: 3 }, () => ({
          path: `${word(random)}/${word(random)}.c`,
          status: 'modified' as const,
        })),
        redactions: 0,
        links: '',
      }
    },
    detail(index: number): DetailRow {
      const counts = [
        { path: `src/${index % 3000}.c`, additions: index % 40, deletions: index % 7, binary: false },
      ]
      return { oid: oid(index), counts, symbols: [], tokens: 400, redactions: 0, patchId: oid(index) }
    },
    passagesOf(index: number): PassageRow[] {
      const count = Math.floor((index + 1) * share) - Math.floor(index * share)
      return Array.from({ length: count }, (_, ordinal) => {
        const random = createRandom(index * 64 + ordinal + 3)
        return {
          key: `${oid(index)}:${ordinal}`,
          oid: oid(index),
          path: `src/${index % 3000}.c`,
          startLine: 1 + (index % 900),
          endLine: 20 + (index % 900),
          terms: words(random, 35),
          vector: vector(index * 64 + ordinal),
        }
      })
    },
  }
}

/** A small generator of numbers between 0 and 1 (mulberry32), so that each run measures the same. */
function createRandom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function quantiles(times: readonly number[]): { p50: number; p95: number; max: number } {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1))
  return { p50: at(0.5), p95: at(0.95), max: at(1) }
}

function since(start: number): number {
  return Math.round(performance.now() - start)
}

function memory(): { rssMb: number; peakMb: number } {
  const { rss } = process.memoryUsage()
  return { rssMb: Math.round(rss / 1e6), peakMb: Math.round(process.resourceUsage().maxRSS / 1e3) }
}
if (import.meta.main) await benchStore()
