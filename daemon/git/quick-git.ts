import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { type Git, type GitOptions, type GitResult, gitWords } from './git.ts'
import { gitEnvironment } from './settings.ts'

/** Runs short commands of git for those who wait. */
export interface QuickGit extends Pick<Git, 'run' | 'text'> {
  close(): void
}

/** Runs git's own way where there is no such shell. */
const shellPath = '/bin/sh'

/**
 * Creates a runner that has a small shell start git.
 *
 * To start a process, a process is copied: the daemon, with the memory of whole histories, takes ten milliseconds for
 * that in which it can do nothing else; a shell of one megabyte takes none. Commands run one after the other, without
 * input, and what they say on stderr is lost. Whatever goes wrong with the shell, git is run as always.
 */
export function createQuickGit(git: Git): QuickGit {
  let shell: ChildProcess | undefined
  let turn: Promise<unknown> = Promise.resolve()

  const open = (): ChildProcess => {
    const fresh = spawn(shellPath, {
      env: gitEnvironment(process.env),
      stdio: ['pipe', 'pipe', 'ignore'],
      // A group of its own, so that what it runs ends with it.
      detached: true,
    })
    const forget = () => (shell = shell === fresh ? undefined : shell)
    fresh.stdin.on('error', () => {})
    fresh.once('error', forget).once('exit', forget)
    // It is no reason for a process to stay.
    fresh.unref()
    return fresh
  }

  const runNow: Git['run'] = async (args, where) => {
    where.signal?.throwIfAborted()
    if (shell?.stdout?.destroyed !== false) shell = open()
    return (await inShell(shell, git, args, where)) ?? git.run(args, where)
  }
  const run: Git['run'] = (args, where) => {
    if (process.platform === 'win32' || where.input !== undefined) return git.run(args, where)
    const result = turn.then(() => runNow(args, where))
    turn = result.catch(() => {})
    return result
  }

  return {
    run,
    text: git.text,
    close() {
      if (shell !== undefined) endAll(shell)
    },
  }
}

/** Returns what came of a command; undefined when the shell did not live to tell. */
async function inShell(
  shell: ChildProcess,
  git: Git,
  args: readonly string[],
  where: GitOptions,
): Promise<GitResult | undefined> {
  const { stdin, stdout } = shell
  if (stdin === null || stdout === null) return undefined
  // Nobody who names a file can know it.
  const mark = randomBytes(16).toString('hex')
  const settings = Object.entries(where.env ?? {}).map(([name, value]) => `${name}=${quoted(value)}`)
  const words = [git.binary, '-C', where.cwd, ...gitWords(args, where)].map(quoted)
  const { promise, resolve, reject } = Promise.withResolvers<GitResult | undefined>()
  const chunks: Buffer[] = []
  const ending = new RegExp(`\\x00${mark} (\\d+)\\n$`)

  const take = (chunk: Buffer) => {
    chunks.push(chunk)
    const tail = Buffer.concat(chunks.slice(-4)).toString('latin1').slice(-64)
    const code = ending.exec(tail)
    if (code === null) return
    const all = Buffer.concat(chunks)
    resolve({ code: Number(code[1]), stdout: all.subarray(0, all.length - code[0].length), stderr: '' })
  }
  const lost = () => resolve(undefined)
  const leave = () => {
    endAll(shell)
    const reason: unknown = where.signal?.reason
    reject(reason instanceof Error ? reason : new Error('Aborted.', { cause: reason }))
  }
  stdout.on('data', take)
  shell.once('error', lost).once('exit', lost)
  where.signal?.addEventListener('abort', leave, { once: true })
  stdin.write(
    `${[...settings, ...words].join(' ')} </dev/null 2>/dev/null; printf '\\0%s %s\\n' ${mark} $?\n`,
  )
  try {
    return await promise
  } finally {
    stdout.off('data', take)
    shell.off('error', lost).off('exit', lost)
    where.signal?.removeEventListener('abort', leave)
  }
}

/** Ends the shell and what it runs. */
function endAll({ pid, stdout }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended by itself meanwhile.
  }
  stdout?.destroy()
}

/** Returns a text as one word of a shell, whatever stands in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
