import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { constants as system, setPriority } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { AiosError } from '../../contract/errors.ts'
import { gitEnvironment, globalArguments } from './settings.ts'

/** Where a command runs, and for how long. */
export interface GitOptions {
  /** The folder in which git looks for its repository, unless `gitDir` says which it is. */
  readonly cwd: string
  /** The repository: git looks for no other, whatever lies around or above `cwd`. */
  readonly gitDir?: string
  /** The worktree, whatever the repository's own configuration says. */
  readonly workTree?: string | undefined
  /** Whether `cwd` is itself a bare repository, which git would otherwise refuse to find by itself. */
  readonly bare?: boolean
  readonly signal?: AbortSignal | undefined
  readonly env?: Readonly<Record<string, string>>
  /** Settings for this command alone, as `name=value`. */
  readonly settings?: readonly string[]
  /** Whether everybody else goes first on the processor. */
  readonly isBackground?: boolean
}

/** What a finished command printed. */
export interface GitResult {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

/** A running command. Its stdout must be read: what is not read holds git back. */
export interface GitProcess {
  readonly stdin: Writable
  readonly stdout: Readable
  /** Resolves when the process has ended, however it ended. */
  readonly ended: Promise<{ readonly code: number; readonly stderr: string }>
  kill(): void
}

/** Runs git so that neither the repository nor the environment can make it run anything else. */
export interface Git {
  readonly binary: string
  /** Starts a command, for those who stream. */
  start(args: readonly string[], options: GitOptions): GitProcess
  /** Runs a command to its end; a failing exit code is a result, not an error. */
  run(args: readonly string[], options: GitOptions & RunOptions): Promise<GitResult>
  /** Returns what a command prints as UTF-8, or fails with `git.failed`. */
  text(args: readonly string[], options: GitOptions & RunOptions): Promise<string>
}

interface RunOptions {
  /** What git reads from its stdin. */
  readonly input?: string
  /** Bytes of stdout to keep; the process is ended when it prints more. */
  readonly maxBytes?: number
}

const stderrBytes = 8 * 1024
const stdoutBytes = 256 * 1024 * 1024

/** Creates a runner for the git on PATH, or for the one named; undefined when there is none. */
export function createGit(options: { readonly binary?: string } = {}): Git | undefined {
  const binary = findBinary(options.binary ?? 'git')
  if (binary === undefined) return undefined

  const start: Git['start'] = (args, where) => startProcess(binary, args, where)
  const run: Git['run'] = (args, where) => collect(start(args, where), where)
  return {
    binary,
    start,
    run,
    async text(args, where) {
      const { code, stdout, stderr } = await run(args, where)
      if (code !== 0) throw gitFailed(args, stderr, code)
      return stdout.toString('utf8')
    },
  }
}

/** Returns the error for a git command that failed, with what git said. */
export function gitFailed(args: readonly string[], stderr: string, code: number): AiosError {
  const said = stderr.trim().split('\n').slice(-3).join(' ') || `exit code ${code}`
  return new AiosError('git.failed', `\`git ${args.slice(0, 2).join(' ')}\` failed: ${said}`)
}

function findBinary(name: string): string | undefined {
  if (isAbsolute(name)) return isRunnable(name) ? name : undefined
  const names = process.platform === 'win32' ? [`${name}.exe`] : [name]
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute)
  return folders.flatMap((folder) => names.map((file) => join(folder, file))).find(isRunnable)
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function startProcess(binary: string, args: readonly string[], options: GitOptions): GitProcess {
  options.signal?.throwIfAborted()
  const child = spawn(binary, gitWords(args, options), {
    cwd: options.cwd,
    env: { ...gitEnvironment(process.env), ...placeIn(options), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
  if (options.isBackground === true) standBack(child)
  const kill = () => void child.kill('SIGKILL')
  options.signal?.addEventListener('abort', kill, { once: true })
  const ended = endOf(child).finally(() => options.signal?.removeEventListener('abort', kill))
  // A process that ends before it read all of its input is judged by its exit code, not by the broken pipe.
  child.stdin.on('error', () => {})
  return { stdin: child.stdin, stdout: child.stdout, ended, kill }
}

function standBack({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    setPriority(pid, system.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It has ended already, or nobody may say such a thing here; then it runs like all others.
  }
}

/** Returns all arguments of a command: those that keep git from running anything else, and its own. */
function gitWords(args: readonly string[], { bare, settings = [] }: GitOptions): string[] {
  const safe = `safe.bareRepository=${bare === true ? 'all' : 'explicit'}`
  return [...globalArguments, ...[safe, ...settings].flatMap((setting) => ['-c', setting]), ...args]
}

function placeIn({ gitDir, workTree }: GitOptions): Record<string, string> {
  return {
    ...(gitDir === undefined ? {} : { GIT_DIR: gitDir }),
    ...(workTree === undefined ? {} : { GIT_WORK_TREE: workTree }),
  }
}

function endOf(child: ChildProcess): GitProcess['ended'] {
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (stderr.length < stderrBytes) stderr = (stderr + text).slice(0, stderrBytes)
  })
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 127, stderr: error.message }))
    const end = (code: number | null, signal: string | null) =>
      resolve({ code: code ?? 128, stderr: stderr || (signal ?? '') })
    child.once('close', end)
    // What it started may hold its pipes open for ever, as where a script stands for git; nobody waits for that.
    child.once('exit', (code, signal) => child.killed && end(code, signal))
  })
}

async function collect(process: GitProcess, options: GitOptions & RunOptions): Promise<GitResult> {
  const chunks: Buffer[] = []
  const maxBytes = options.maxBytes ?? stdoutBytes
  let bytes = 0
  process.stdin.end(options.input ?? '')
  process.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes - chunk.length < maxBytes) chunks.push(chunk)
    if (bytes > maxBytes) process.kill()
  })
  const { code, stderr } = await process.ended
  options.signal?.throwIfAborted()
  const stdout = Buffer.concat(chunks).subarray(0, maxBytes)
  return { code: bytes > maxBytes ? 0 : code, stdout, stderr }
}
