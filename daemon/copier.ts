import { fork } from 'node:child_process'
import { AiosError } from '../contract/errors.ts'
import { describeEnd } from '../native-workers/process-end.ts'
import { type CopyAssignment, type CopyOutcome, isCopyOutcome } from './copier-messages.ts'

const heapLimits = ['--max-old-space-size=512', '--max-semi-space-size=8']
const complaintCharacters = 2_000

/**
 * Copies passages in a process of its own, at the lowest priority, with vectors of learned weights.
 *
 * What builds an index takes both threads of the native library for seconds, and whoever asked the same process would
 * wait for them. The process is gone when this is fulfilled or rejected; it is killed when the signal is aborted.
 */
export async function copyApart(entry: URL, assignment: CopyAssignment, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const child = fork(entry, [], {
    execArgv: heapLimits,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let outcome: CopyOutcome | undefined
  let complaint = ''
  const { promise: ended, resolve } = Promise.withResolvers<string>()
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => (complaint = (complaint + text).slice(-complaintCharacters)))
  child.on('message', (message) => {
    if (isCopyOutcome(message)) outcome = message
  })
  child.once('error', (error) => resolve(error.message))
  child.once('close', (code, how) => resolve(describeEnd(code, how, complaint)))
  const abandon = () => child.kill('SIGKILL')
  signal.addEventListener('abort', abandon, { once: true })
  // A process that is gone reports its end by itself.
  child.send(assignment, () => {})
  const reason = await ended
  signal.removeEventListener('abort', abandon)

  signal.throwIfAborted()
  if (outcome?.kind === 'done') return
  if (outcome !== undefined) throw new AiosError(outcome.code, outcome.message)
  throw new AiosError('workers.unavailable', `The process that makes vectors was lost: ${reason}.`)
}
