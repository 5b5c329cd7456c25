import { execFileSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { questionRoutes } from '../contract/question-routes.ts'
import { startBenchDaemon, withHome, type BenchDaemon } from './daemon.ts'
import { remember } from './remember.ts'
import { spread } from './report.ts'

const commits = 40

/** Measures how long after `git commit` has returned the commit can be recalled, in a clone of the repository. */
export async function* benchLatency(repository: string): AsyncGenerator<object> {
  yield await withHome(async (home) => {
    const clone = join(home, 'clone')
    execFileSync('git', ['clone', '--quiet', '--no-local', '--single-branch', repository, clone])
    const daemon = await startBenchDaemon(home)
    try {
      const id = await remember(daemon, clone)
      const ms: number[] = []
      for (let number = 0; number < commits; number += 1) {
        ms.push(await commitAndRecall(daemon, clone, id, number))
        await sleep(400)
      }
      return { figure: 'commit made to recallable', ms: spread(ms.slice(1)) }
    } finally {
      await daemon.stop()
    }
  })
}

async function commitAndRecall(
  { client }: BenchDaemon,
  clone: string,
  id: string,
  number: number,
): Promise<number> {
  // Letters only, and different for each commit: a word that nothing else has.
  const word = `zyx${String(number)
    .padStart(3, '0')
    .replaceAll(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)))}wvu`
  appendFileSync(join(clone, 'latency.txt'), `${word}\n`)
  execFileSync('git', ['-C', clone, 'add', 'latency.txt'])
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost']
  execFileSync('git', ['-C', clone, ...identity, 'commit', '--quiet', '--message', `note the word ${word}`])
  const began = performance.now()
  for (;;) {
    const { hits } = await client.call(questionRoutes.recall, { question: word, repository: id, limit: 1 })
    if (hits.length > 0) return performance.now() - began
    if (performance.now() - began > 30_000) throw new Error(`${word} was not recallable within 30 s`)
    await sleep(5)
  }
}
