import { setTimeout as sleep } from 'node:timers/promises'
import { questionRoutes } from '../contract/question-routes.ts'
import { startBenchDaemon, withHome } from './daemon.ts'
import { usageOf } from './processes.ts'
import { remember } from './remember.ts'
import { round } from './report.ts'

const starts = 3
const settleMs = 45_000
const watchedMs = 30_000

/** Measures cold starts on a store that is full, and what the daemon takes when nobody asks it anything. */
export async function* benchFootprint(repository: string): AsyncGenerator<object> {
  yield* await withHome(async (home) => {
    const first = await startBenchDaemon(home)
    const id = await remember(first, repository)
    await first.stop()
    const rows: object[] = []
    for (let turn = 0; turn < starts; turn += 1) {
      const began = performance.now()
      const daemon = await startBenchDaemon(home)
      await daemon.client.call(questionRoutes.recall, { question: 'why was this reverted', repository: id })
      const answeredMs = round(performance.now() - began)
      rows.push({ figure: 'cold start', readyMs: round(daemon.readyMs), firstAnswerMs: answeredMs })
      if (turn === starts - 1) rows.push(await idleUsage(daemon.pid))
      await daemon.stop()
    }
    return rows
  })
}

/** Waits until what a start set going has settled, then watches. */
async function idleUsage(pid: number): Promise<object> {
  await sleep(settleMs)
  const before = usageOf(pid)
  await sleep(watchedMs)
  const after = usageOf(pid)
  const share = (after.cpuSeconds - before.cpuSeconds) / (watchedMs / 1000)
  return {
    figure: 'idle',
    cpuPercent: round(share * 100),
    rssMib: round(after.rssBytes / 1024 ** 2),
    processes: after.processes,
  }
}
