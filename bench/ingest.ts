import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { questionRoutes } from '../contract/question-routes.ts'
import { repositoryRoutes } from '../contract/repository-routes.ts'
import { daemonRoutes } from '../contract/daemon-routes.ts'
import { logPatchesMs } from './baseline.ts'
import { startBenchDaemon, withHome, type BenchDaemon } from './daemon.ts'
import { watchPeak } from './processes.ts'
import { remember } from './remember.ts'
import { gitText, round } from './report.ts'

/**
 * Measures a first ingestion through the daemon's door, against `git log -p HEAD | wc -c` before and after it
 * in the same run, because the machine's speed drifts.
 */
export async function* benchIngest(repository: string): AsyncGenerator<object> {
  const before = await logPatchesMs(repository)
  const measured = await withHome(async (home) => {
    const daemon = await startBenchDaemon(home, { AIOS_STORE_GRACE_MINUTES: '1' })
    try {
      return await ingest(daemon, repository, home)
    } finally {
      await daemon.stop()
    }
  })
  const after = await logPatchesMs(repository)
  const yardstickMs = (before + after) / 2
  yield { figure: 'yardstick', command: 'git log -p HEAD | wc -c', ms: [round(before), round(after)] }
  yield {
    figure: 'pass 1 searchable',
    ms: measured.searchableMs,
    ratio: round(measured.searchableMs / yardstickMs),
    firstAnswerMs: measured.firstAnswerMs,
  }
  yield { figure: 'whole pipeline', ms: measured.wholeMs, ratio: round(measured.wholeMs / yardstickMs) }
  yield { figure: 'peak memory of all processes', mib: round(measured.peakBytes / 1024 ** 2) }
  const packBytes = await packSize(repository)
  yield {
    figure: 'store over packfile',
    ratio: round(measured.storeBytes / packBytes),
    storeMib: round(measured.storeBytes / 1024 ** 2),
    packMib: round(packBytes / 1024 ** 2),
  }
  yield { figure: 'remembered', ...measured.counts }
}

async function ingest(daemon: BenchDaemon, repository: string, home: string) {
  const { client, pid } = daemon
  const began = performance.now()
  const peak = watchPeak(pid)
  const searchable = whenSearchable(daemon, repository)
  const id = await remember(daemon, repository)
  const wholeMs = round(performance.now() - began)
  const peakBytes = peak()
  const { searchableMs, firstAnswerMs } = await searchable
  const { episodes, complete, pending, skipped } = await client.call(repositoryRoutes.repository, {
    repository: id,
  })
  await compacted(daemon)
  const storeBytes = await sizeOf(join(home, 'state', 'repositories', id))
  return {
    wholeMs,
    searchableMs,
    firstAnswerMs,
    peakBytes,
    storeBytes,
    counts: { episodes, complete, pending, skipped },
  }
}

/** Waits for the end of pass 1, and asks at once: whatever is searchable has to answer. */
async function whenSearchable(
  { client }: BenchDaemon,
  path: string,
): Promise<{ searchableMs: number; firstAnswerMs: number }> {
  for await (const { type, data } of client.stream(daemonRoutes.events, { follow: true })) {
    if (type !== 'ingestion.searchable' || typeof data !== 'object' || data === null || !('ms' in data))
      continue
    const asked = performance.now()
    const question = { question: 'why was this reverted', repository: path }
    const { hits } = await client.call(questionRoutes.recall, question)
    if (hits.length === 0) throw new Error('pass 1 is over, and nothing is found')
    return { searchableMs: Number(data.ms), firstAnswerMs: round(performance.now() - asked) }
  }
  throw new Error('the daemon ended before pass 1 did')
}

/** Waits until what was replaced while reading is removed: a minute after the last write. */
async function compacted({ client }: BenchDaemon): Promise<void> {
  for await (const event of client.stream(daemonRoutes.events, { follow: true })) {
    if (event.type === 'store.compacted') return
  }
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true })
  const stats = await Promise.all(names.map((name) => stat(join(folder, name))))
  return stats.reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0)
}

async function packSize(repository: string): Promise<number> {
  const counted = await gitText(repository, 'count-objects', '-v')
  return Number(/size-pack: (\d+)/.exec(counted)?.[1]) * 1024
}
