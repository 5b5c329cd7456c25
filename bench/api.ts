import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'
import { daemonRoutes } from '../contract/daemon-routes.ts'
import { questionRoutes } from '../contract/question-routes.ts'
import { repositoryRoutes } from '../contract/repository-routes.ts'
import { stateFolders } from '../contract/state.ts'
import { startBenchDaemon, withHome, type BenchDaemon } from './daemon.ts'
import { paced, type Call, type Felt } from './paced.ts'
import { rewriteNewest } from './rebase.ts'
import { remember } from './remember.ts'
import { gitText, round } from './report.ts'

const seconds = Number(process.env['AIOS_BENCH_SECONDS'] ?? 20)

/**
 * Measures the API under load: over TCP and with a token, as an editor asks. What asks takes its share of the
 * same cores.
 */
export async function* benchApi(repository: string): AsyncGenerator<object> {
  const questions = await subjectsOf(repository)
  yield* await withHome(async (home) => {
    const clone = cloneInto(home, repository)
    const daemon = await startBenchDaemon(join(home, 'aios'))
    try {
      const asker = await askerOf(daemon, await remember(daemon, clone), questions)
      await paced(20, 3, asker.recall)
      return [
        {
          figure: 'status, 50 connections',
          must: '3,000/s, p99 < 50 ms',
          ...(await asFastAsItGoes(asker.status)),
        },
        { figure: 'recall, 20/s, no question twice', ...(await paced(20, seconds, asker.recall)) },
        await besideFlood(asker),
        ...(await askedAgain(asker)),
        ...(await duringRebase(daemon, clone, asker)),
      ]
    } finally {
      await daemon.stop()
    }
  })
}

/** Asks about one repository. Each call is a question of its own. */
interface Asker {
  readonly id: string
  readonly status: () => Call
  readonly recall: (number: number) => Call
}

async function askerOf(
  { client, environment }: BenchDaemon,
  id: string,
  questions: string[],
): Promise<Asker> {
  const { daemon } = await client.call(daemonRoutes.status, {})
  const token = readFileSync(stateFolders(environment).tokenFile, 'utf8').trim()
  const headers = { authorization: `Bearer ${token}` }
  const { method, path } = questionRoutes.recall
  return {
    id,
    status: () => ({ method: 'GET', url: new URL(daemonRoutes.status.path, daemon.url).href, headers }),
    recall: (number) => ({
      method,
      url: new URL(path, daemon.url).href,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ question: questions[number % questions.length], repository: id }),
    }),
  }
}

/** Asks more than may be answered, and what is cheap beside it. */
async function besideFlood({ recall, status }: Asker): Promise<object> {
  const [flood, beside] = await Promise.all([paced(100, seconds, recall), paced(50, seconds, status)])
  return { figure: 'recall, 100/s, no question twice', must: 'p99 < 100 ms', ...flood, statusBeside: beside }
}

/** Asks the same few questions in turn, once to have them answered and then again and again. */
async function askedAgain({ recall }: Asker): Promise<object[]> {
  const few = 100
  const again = (number: number) => recall(number % few)
  await paced(10, few / 10, again)
  return [{ figure: `recall, 100/s, ${few} questions in turn`, ...(await paced(100, seconds, again)) }]
}

/** Lets 50 callers ask the same again as soon as they are answered. */
async function asFastAsItGoes(call: () => Call): Promise<object> {
  const { url, headers } = call()
  const { requests, latency, non2xx, errors } = await autocannon({
    url,
    headers,
    connections: 50,
    duration: seconds,
  })
  return {
    perSecond: round(requests.average),
    p50: latency.p50,
    p99: latency.p99,
    max: latency.max,
    failed: non2xx + errors,
  }
}

/** Measures status and recall before and while 1,000 rewritten commits are remembered. */
async function duringRebase(daemon: BenchDaemon, clone: string, asker: Asker): Promise<object[]> {
  const before = await mixed(asker, 10)
  rewriteNewest(clone, 1_000)
  const head = await gitText(clone, 'rev-parse', 'HEAD')
  const began = performance.now()
  const level = untilLevel(daemon, asker.id, head)
  const during: { status: Felt; recall: Felt }[] = []
  // In stretches, so that the last one ends soon after the work does.
  while (during.length === 0 || (await Promise.race([level, sleep(0)])) === undefined)
    during.push(await mixed(asker, 5))
  const { queuedMs, levelMs } = await level
  return [
    { figure: 'status 200/s and recall 10/s, idle', ...before },
    {
      figure: 'the same while a rebase of 1,000 commits is remembered',
      must: 'p99 < 200 ms',
      stretches: during,
    },
    { figure: 'the rebase', must: 'queued < 2,000 ms', queuedMs: queuedMs - began, levelMs: levelMs - began },
  ]
}

async function mixed(asker: Asker, forSeconds: number): Promise<{ status: Felt; recall: Felt }> {
  const [status, recall] = await Promise.all([
    paced(200, forSeconds, asker.status),
    paced(10, forSeconds, asker.recall),
  ])
  return { status, recall }
}

async function untilLevel(
  { client }: BenchDaemon,
  repository: string,
  head: string,
): Promise<{ queuedMs: number; levelMs: number }> {
  let queuedMs: number | undefined
  for (;;) {
    const status = await client.call(repositoryRoutes.repository, { repository })
    if (status.head === head && status.pending > 0) queuedMs ??= performance.now()
    if (status.head === head && status.pending === 0)
      return { queuedMs: queuedMs ?? performance.now(), levelMs: performance.now() }
    await sleep(20)
  }
}

function cloneInto(home: string, repository: string): string {
  const clone = join(home, 'clone.git')
  execFileSync('git', ['clone', '--quiet', '--bare', '--single-branch', repository, clone])
  return clone
}

/** Subjects spread over the history: questions whose answers exist, none asked twice before all were. */
async function subjectsOf(repository: string): Promise<string[]> {
  const all = (await gitText(repository, 'log', '--no-merges', '--format=%s', 'HEAD')).split('\n')
  const wanted = 5_000
  const step = Math.max(1, Math.floor(all.length / wanted))
  return all.filter((subject, index) => index % step === 0 && subject !== '').slice(0, wanted)
}
