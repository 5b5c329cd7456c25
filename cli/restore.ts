import { spawn } from 'node:child_process'
import { RestoreAnswer } from '../contract/backup.ts'
import { AiosError, isErrorCode } from '../contract/errors.ts'
import { isReply } from '../contract/route.ts'
import type { Context } from './command.ts'
import { daemonEnvironment, daemonProgram } from './start.ts'

/** Looks through an archive, or puts it in the place of what is there; no daemon may run for the latter. */
export async function readArchive(
  act: 'verify' | 'restore',
  path: string,
  { environment, signal }: Context,
): Promise<RestoreAnswer> {
  const text = await outputOf([daemonProgram('restore-main'), act, path], environment, signal)
  signal.throwIfAborted()
  const outcome = parsed(text)
  if ('answer' in outcome && isReply(RestoreAnswer, outcome.answer)) return outcome.answer
  if ('problem' in outcome) throw errorOf(outcome.problem)
  throw new AiosError('internal', 'The archive could not be looked at; nothing was changed.')
}

function outputOf(
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string> {
  const child = spawn(process.execPath, words, {
    env: daemonEnvironment(environment),
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  // A group of its own: a terminal's Ctrl-C goes to this process alone, which asks once and then waits.
  const stop = () => child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  let text = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (piece: string) => (text += piece))
  return new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve(text))
  }).finally(() => signal.removeEventListener('abort', stop))
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

function errorOf(problem: unknown): AiosError {
  const known = typeof problem === 'object' && problem !== null && 'code' in problem && 'message' in problem
  if (!known) return new AiosError('internal', 'The archive could not be looked at.')
  const [code, message] = [String(problem.code), String(problem.message)]
  return isErrorCode(code) ? new AiosError(code, message) : new AiosError('internal', message)
}
