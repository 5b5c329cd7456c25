import { spawn } from 'node:child_process'
import type { Context } from './command.ts'
import { daemonArguments, daemonEnvironment } from './start.ts'

/**
 * Runs the daemon until it ends and returns its exit code.
 *
 * It gets a process group of its own: a terminal's Ctrl-C goes to this process alone, which asks the
 * daemon to stop once and then waits for it.
 */
export async function runInForeground({ environment, signal }: Context): Promise<number> {
  const child = spawn(process.execPath, daemonArguments(), {
    detached: true,
    env: daemonEnvironment(environment),
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const stop = () => child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code) => resolve(code ?? (signal.aborted ? 0 : 1)))
    })
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
