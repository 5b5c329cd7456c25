import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { questionRoutes } from '../contract/question-routes.ts'
import { shellMs } from './baseline.ts'
import { startBenchDaemon, withHome, type BenchDaemon } from './daemon.ts'
import { remember } from './remember.ts'
import { gitText, round, spread } from './report.ts'

const questions = 200
const processes = 30
const alternatives = 5

/** Measures questions to a warm daemon, the command as a process, and what a user would type instead. */
export async function* benchRecall(repository: string): AsyncGenerator<object> {
  const subjects = await sampleSubjects(repository)
  yield* await withHome(async (home) => {
    const daemon = await startBenchDaemon(home)
    try {
      const id = await remember(daemon, repository)
      return [await askDaemon(daemon, id, subjects), await askProcess(daemon, repository, subjects)]
    } finally {
      await daemon.stop()
    }
  })
  yield* askGit(repository, subjects)
}

/** Subjects spread evenly over the history: questions whose answers exist. */
async function sampleSubjects(repository: string): Promise<string[]> {
  const all = (await gitText(repository, 'log', '--no-merges', '--format=%s', 'HEAD')).split('\n')
  const step = Math.max(1, Math.floor(all.length / questions))
  return all.filter((subject, index) => index % step === 0 && subject !== '').slice(0, questions)
}

async function askDaemon({ client }: BenchDaemon, repository: string, subjects: string[]): Promise<object> {
  const inside: number[] = []
  const throughDoor: number[] = []
  for (const question of subjects) {
    const began = performance.now()
    const { tookMs } = await client.call(questionRoutes.recall, { question, repository })
    throughDoor.push(performance.now() - began)
    inside.push(tookMs)
  }
  return { figure: 'recall', insideDaemonMs: spread(inside), throughSocketMs: spread(throughDoor) }
}

async function askProcess(
  { environment }: BenchDaemon,
  repository: string,
  subjects: string[],
): Promise<object> {
  const program = join(import.meta.dirname, '..', 'bin', 'aios.js')
  const ms = subjects.slice(0, processes + 1).map((question) => {
    const began = performance.now()
    const args = [program, '-C', repository, 'recall', '--', question]
    const { status, stderr } = spawnSync(process.execPath, args, { env: environment, encoding: 'utf8' })
    // 3 is "not found": an answer too.
    if (status !== 0 && status !== 3) throw new Error(`aios recall ended with ${status}: ${stderr}`)
    return performance.now() - began
  })
  return { figure: '`aios recall` as a process', ms: spread(ms.slice(1)) }
}

async function* askGit(repository: string, subjects: string[]): AsyncGenerator<object> {
  const words = subjects.flatMap((subject) => /[A-Za-z_]{5,}/.exec(subject)?.[0] ?? []).slice(0, alternatives)
  const file = (await gitText(repository, 'ls-tree', '-r', '--name-only', 'HEAD')).split('\n')[0] ?? ''
  for (const [command, inputs] of [
    ['git log --grep', words.map((word) => `git --no-pager log --grep ${word} HEAD`)],
    ['git log -S', words.slice(0, 2).map((word) => `git --no-pager log -S ${word} HEAD`)],
    ['git log -- file', words.map(() => `git --no-pager log HEAD -- '${file}'`)],
  ] as const) {
    const ms: number[] = []
    for (const input of inputs) ms.push(round(await shellMs(repository, input)))
    yield { figure: `instead: ${command}`, ms: spread(ms) }
  }
}
