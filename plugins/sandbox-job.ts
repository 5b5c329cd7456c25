import { textLimits } from './host/limits.ts'
import type { Asked, Reply } from './host/messages.ts'
import type { SandboxCall, SandboxFailure, SandboxResult } from './sandbox.ts'
import { checkJson, hostFailureText, plainLine } from './sandbox-text.ts'

/** Something to be done with one plugin. What is done with a plugin is done in order. */
export interface Job {
  readonly id: number
  readonly plugin: string
  readonly work: 'load' | 'unload' | SandboxCall
  readonly result: Promise<SandboxResult>
  /** How often it was lost with its process. */
  losses: number
  /** It was there when a process was lost, and nobody knows whose fault that was. */
  isSuspect: boolean
  /** Processor time that its code has taken since it began. */
  cpuMs: number
  isSettled(): boolean
  /** Starts its time; whoever is still there at the end of it is told. */
  begin(limitMs: number, onDeadline: () => void): void
  /** Stops its time, and the host calls that it waits for. */
  rest(): void
  /** Returns the share of its time that its code has had the processor. */
  share(): number
  /** Answers a host call, unless the call has ended by then. */
  answer(asked: Asked, reply: (reply: Reply) => void): void
  succeed(result: string): void
  fail(status: SandboxFailure['status'], message: string, isBlamed: boolean): void
  /** Ends the wait with an error. */
  abandon(reason: Error): void
}

/** Creates a job, which is settled once. */
export function createJob(id: number, plugin: string, work: Job['work']): Job {
  const { promise: result, resolve, reject } = Promise.withResolvers<SandboxResult>()
  let isSettled = false
  let began = performance.now()
  let timer: NodeJS.Timeout | undefined
  const answers = createAnswers(work)

  const rest = () => {
    clearTimeout(timer)
    answers.stop()
  }
  const wallMs = () => performance.now() - began
  const settle = (act: () => void) => {
    if (isSettled) return
    isSettled = true
    answers.stop()
    act()
  }

  const job: Job = {
    id,
    plugin,
    work,
    result,
    losses: 0,
    isSuspect: false,
    cpuMs: 0,
    isSettled: () => isSettled,
    begin(limitMs, onDeadline) {
      rest()
      if (!isSettled) answers.begin()
      job.cpuMs = 0
      began = performance.now()
      timer = setTimeout(onDeadline, limitMs)
    },
    rest,
    share: () => job.cpuMs / Math.max(1, wallMs()),
    answer: (asked, reply) => answers.answer(asked, reply),
    succeed(text) {
      const checked = text.length > textLimits.mostResultCharacters ? tooLarge : checkJson(text)
      if ('problem' in checked) {
        const [status, message] = problems[checked.problem]
        return job.fail(status, message, true)
      }
      settle(() => resolve({ status: 'ok', result: checked.text, cpuMs: job.cpuMs, wallMs: wallMs() }))
    },
    fail(status, message, isBlamed) {
      const failure = { status, message: plainLine(message), cpuMs: job.cpuMs, wallMs: wallMs(), isBlamed }
      settle(() => resolve(failure))
    },
    abandon: (reason) => settle(() => reject(reason)),
  }
  return job
}

/** Made once: to make one anew is dearer than to abort with it. */
const over = new DOMException('The run is over.', 'AbortError')

/** Answers the host calls of one run of a job, until it is over. */
function createAnswers(work: Job['work']) {
  let listening = new AbortController()
  let asked = 0
  return {
    begin() {
      listening = new AbortController()
      asked = 0
    },
    stop: () => listening.abort(over),
    answer({ number, name, args }: Asked, reply: (reply: Reply) => void) {
      const { signal } = listening
      asked += 1
      if (typeof work === 'string' || signal.aborted) return
      const say = (isAnswered: boolean, text: string) => {
        if (!signal.aborted) reply({ number, isAnswered, text })
      }
      const checked = checkJson(args)
      if ('problem' in checked || asked > textLimits.mostHostCalls)
        return say(false, 'The host does not take this call.')
      void answerOf(work, name, checked.text, signal).then(
        (text) => say(true, text),
        (error: unknown) => say(false, hostFailureText(error)),
      )
    },
  }
}

const problems = {
  invalid: ['invalid', 'The result is not JSON.'],
  'too-deep': ['invalid', 'The result is nested too deep.'],
  'too-large': ['too-large', 'The result is too long.'],
} as const

const tooLarge = { problem: 'too-large' } as const

/** Turns whatever a host does, throwing included, into a promise. */
async function answerOf(call: SandboxCall, name: string, args: string, signal: AbortSignal): Promise<string> {
  return call.host(name, args, signal)
}
