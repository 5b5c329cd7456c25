import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { questionRoutes } from '../contract/question-routes.ts'
import { startBenchDaemon, withHome, type BenchDaemon } from './daemon.ts'
import { remember } from './remember.ts'
import { gitText, spread } from './report.ts'

const sampled = 200
const limit = 10

/** A question, and the commit that answers it. */
interface Asked {
  readonly question: string
  readonly oid: string
}

/**
 * Measures at which place recall puts the commit that is asked for: by its subject as it stands, by some of its
 * words in another order, and in a person's own words where `bench/questions` has such for the repository.
 *
 * `AIOS_BENCH_HOME` names a home that already remembers the repository; without it one is made and removed.
 */
export async function* benchSubjects(repository: string): AsyncGenerator<object> {
  const subjects = await sampleSubjects(repository)
  const random = createRandom(1)
  const tasks: [string, readonly Asked[]][] = [
    ['verbatim', subjects],
    ['garbled', subjects.map(({ question, oid }) => ({ question: garble(question, random), oid }))],
    ['own words', ownWords(repository)],
  ]
  const home = process.env['AIOS_BENCH_HOME']
  const measure = async (folder: string): Promise<object[]> => {
    const daemon = await startBenchDaemon(folder)
    try {
      const id = await remember(daemon, repository)
      const rows: object[] = []
      for (const [task, asked] of tasks) if (asked.length > 0) rows.push(await ask(daemon, id, task, asked))
      return rows
    } finally {
      await daemon.stop()
    }
  }
  yield* await (home === undefined ? withHome(measure) : measure(home))
}

/** Subjects that one commit has, of four words or more, chosen by a fixed seed. */
async function sampleSubjects(repository: string): Promise<Asked[]> {
  const log = await gitText(repository, 'log', '--no-merges', '--format=%H %s', 'HEAD')
  const commits = log.split('\n').map((line) => ({ oid: line.slice(0, 40), question: line.slice(41) }))
  const counts = new Map<string, number>()
  for (const { question } of commits) counts.set(question, (counts.get(question) ?? 0) + 1)
  const left = commits.filter(
    ({ question }) => counts.get(question) === 1 && question.split(/\s+/).length >= 4,
  )
  const random = createRandom(7)
  return Array.from({ length: Math.min(sampled, left.length) }, () =>
    left.splice(Math.floor(random() * left.length), 1),
  ).flat()
}

/** Leaves out a third of the words, and exchanges two of the others. */
function garble(subject: string, random: () => number): string {
  const words = subject.split(/\s+/)
  for (let left = Math.floor(words.length / 3); left > 0; left -= 1) {
    words.splice(Math.floor(random() * words.length), 1)
  }
  const [moved = ''] = words.splice(Math.floor(random() * words.length), 1)
  words.splice(Math.floor(random() * (words.length + 1)), 0, moved)
  return words.join(' ')
}

function ownWords(repository: string): Asked[] {
  const file = join(import.meta.dirname, 'questions', `${basename(repository)}.json`)
  if (!existsSync(file)) return []
  const questions: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (typeof questions !== 'object' || questions === null) throw new Error(`${file} holds no questions`)
  return Object.entries(questions).map(([question, oid]) => ({ question, oid: String(oid) }))
}

async function ask(
  { client }: BenchDaemon,
  repository: string,
  task: string,
  asked: readonly Asked[],
): Promise<object> {
  const places: number[] = []
  const ms: number[] = []
  let shown = 0
  for (const { question, oid } of asked) {
    const answer = await client.call(questionRoutes.recall, { question, repository, limit })
    places.push(1 + answer.hits.findIndex((hit) => hit.oid.startsWith(oid)))
    ms.push(answer.tookMs)
    shown += answer.hits.length
  }
  const within = (place: number) =>
    share(places.filter((one) => one > 0 && one <= place).length, places.length)
  return {
    figure: `place of the commit asked for: ${task}`,
    questions: asked.length,
    at1: within(1),
    at3: within(3),
    at10: within(10),
    mrr: share(
      places.reduce((sum, place) => sum + (place > 0 ? 1 / place : 0), 0),
      places.length,
    ),
    answersShown: share(shown, places.length),
    insideDaemonMs: spread(ms),
  }
}

function share(part: number, whole: number): number {
  return Math.round((1000 * part) / Math.max(1, whole)) / 1000
}

/** Numbers between 0 and 1 that are the same in every run. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
