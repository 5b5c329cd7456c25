import { questionRoutes } from '../contract/question-routes.ts'
import { repositoryRoutes } from '../contract/repository-routes.ts'
import type { RepositoryStatus } from '../contract/status.ts'
import { startBenchDaemon, withHome, type BenchDaemon } from './daemon.ts'
import { watchPeak } from './processes.ts'
import { remember } from './remember.ts'
import { gitText, round, spread } from './report.ts'

const questionsPerLook = 10

/** Measures a first training in the daemon: how long it takes, in what memory, and what questions feel of it. */
export async function* benchLearning(repository: string): AsyncGenerator<object> {
  const all = (await gitText(repository, 'log', '--no-merges', '--format=%s', 'HEAD')).split('\n')
  const subjects = all.filter((subject) => subject !== '')
  yield* await withHome(async (home) => {
    const daemon = await startBenchDaemon(home, { AIOS_EMBEDDER_TRAIN: 'auto' })
    try {
      return await learning(daemon, repository, subjects)
    } finally {
      await daemon.stop()
    }
  })
}

async function learning(daemon: BenchDaemon, path: string, subjects: readonly string[]): Promise<object[]> {
  const readingPeak = watchPeak(daemon.pid)
  const repository = await remember(daemon, path)
  const readingPeakMib = round(readingPeak() / 1024 ** 2)
  const peak = watchPeak(daemon.pid)
  const began = performance.now()
  const recallMs = new Map<string, number[]>()
  let asked = 0
  for (let state = await stateOf(daemon, repository); ; state = await stateOf(daemon, repository)) {
    const ms = recallMs.get(state) ?? []
    recallMs.set(state, ms)
    for (let left = questionsPerLook; left > 0; left--) {
      const question = subjects[(asked++ * 997) % subjects.length] ?? ''
      ms.push((await daemon.client.call(questionRoutes.recall, { question, repository })).tookMs)
    }
    if (state === 'trained' && ms.length >= 20 * questionsPerLook) break
  }
  const seconds = round((performance.now() - began) / 1000)
  const rows = [...recallMs].map(([state, ms]) => ({ figure: 'recall', state, ms: spread(ms) }))
  const peakMib = round(peak() / 1024 ** 2)
  return [{ figure: 'from read to trained, questions among it', seconds, peakMib, readingPeakMib }, ...rows]
}

/** Returns what the embedder does, in more detail than its state: new vectors are made within the training. */
async function stateOf({ client }: BenchDaemon, repository: string): Promise<string> {
  const { embedder }: RepositoryStatus = await client.call(repositoryRoutes.repository, { repository })
  return embedder?.note === 'makes new vectors' ? 'making vectors' : (embedder?.state ?? 'unknown')
}
