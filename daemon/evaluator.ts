import { fork } from 'node:child_process'
import { rm, rmdir } from 'node:fs/promises'
import { AiosError } from '../contract/errors.ts'
import type { EvaluationNews } from '../contract/evaluation.ts'
import { describeEnd } from '../native-workers/process-end.ts'
import { type Assignment, isNotice, type Notice } from './evaluator-messages.ts'

/** What an evaluator is started with. */
export interface EvaluatorOptions {
  /** The program that the process runs. */
  readonly entry: URL
}

/** A process that builds an index of a long history takes so much; one that takes more is going astray. */
const heapLimits = ['--max-old-space-size=2048', '--max-semi-space-size=8']

const patienceMs = 3_000

/**
 * Measures in a process of its own and yields what it tells.
 *
 * The process is killed when whoever listens stops listening, and what it had made is removed: the files of single
 * questions alone stay.
 */
export async function* evaluateApart(
  assignment: Assignment,
  { entry }: EvaluatorOptions,
  signal: AbortSignal,
): AsyncGenerator<EvaluationNews> {
  signal.throwIfAborted()
  const child = fork(entry, [], {
    execArgv: heapLimits,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const heard = createQueue()
  let complaint = ''
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => (complaint = (complaint + text).slice(-2000)))
  child.on('message', (message) => {
    if (isNotice(message)) heard.add(message)
  })
  child.once('error', (error) => heard.end(lost(error.message)))
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, how) => {
      heard.end(lost(describeEnd(code, how, complaint)))
      resolve()
    })
  })
  const stop = () => heard.end(interruption())
  let report: EvaluationNews | undefined
  signal.addEventListener('abort', stop, { once: true })
  try {
    child.send(assignment, () => {})
    while (report === undefined) {
      const notice = await heard.next()
      if (notice.kind === 'failed') throw new AiosError(notice.code, notice.message)
      if (notice.news.type === 'report') report = notice.news
      else yield notice.news
    }
  } finally {
    signal.removeEventListener('abort', stop)
    // Given the time, it ends what it has started itself.
    child.kill('SIGTERM')
    const kill = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    if (child.pid !== undefined) await exited
    clearTimeout(kill)
    await rm(assignment.scratch, { recursive: true, force: true, maxRetries: 5 })
    // What was asked until then stays; a folder of nothing does not.
    if (report === undefined) await rmdir(assignment.folder).catch(() => {})
  }
  // Whoever reads it may ask for the next evaluation at once.
  yield report
}

function lost(reason: string): AiosError {
  return new AiosError('evaluation.lost', `The evaluation ended before it was done: ${reason}.`)
}

function interruption(): AiosError {
  return new AiosError('command.interrupted', 'The evaluation was ended.')
}

/** Keeps what was heard until somebody listens. What came before the end is heard first. */
function createQueue() {
  const waiting: Notice[] = []
  let ended: Error | undefined
  let wake = Promise.withResolvers<void>()
  return {
    add(notice: Notice) {
      waiting.push(notice)
      wake.resolve()
    },
    end(reason: Error) {
      ended ??= reason
      wake.resolve()
    },
    async next(): Promise<Notice> {
      for (;;) {
        const first = waiting.shift()
        if (first !== undefined) return first
        if (ended !== undefined) throw ended
        wake = Promise.withResolvers<void>()
        await wake.promise
      }
    },
  }
}
