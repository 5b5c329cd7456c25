import { spawn, type ChildProcess } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs'
import module from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { AiosError } from '../contract/errors.ts'
import type { StateFolders } from '../contract/state.ts'
import { findDaemon, isOurs, type Found } from './discover.ts'
import { makeFolder } from './make-folder.ts'
import { takeTurn } from './turn.ts'

/** What a start needs to know. */
export interface Start {
  readonly folders: StateFolders
  readonly environment: NodeJS.ProcessEnv
  /** The daemon's program, when it is not the one beside this command. */
  readonly program?: string
  readonly deadlineMs?: number
}

/** Log files are put aside once when they are larger. */
const largestLogBytes = 10 * 1024 * 1024

/** Names that the daemon keeps of its starter's environment: whose home it is, where programs and settings lie. */
const kept =
  /^(HOME|PATH|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|XDG_\w+|AIOS_\w+|GIT_CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|USERPROFILE|APPDATA|LOCALAPPDATA|SYSTEMROOT|TEMP|TMP)$/i

/** Starts the daemon, away from this terminal, unless one runs or another command is starting it already. */
export async function startDaemon(start: Start, signal: AbortSignal): Promise<Found> {
  const { folders, deadlineMs = 15_000 } = start
  openFolder(folders.runtime)
  const letGo = await takeTurn(join(folders.runtime, 'start.lock'), deadlineMs, signal)
  try {
    const running = await findDaemon(folders, signal)
    if (running !== undefined) return running
    rmSync(folders.serviceFile, { force: true })
    return await launch(start, deadlineMs, signal)
  } finally {
    letGo()
  }
}

/** Returns a program of the daemon, beside the command that runs: TypeScript from source, else what was built. */
export function daemonProgram(name: 'main' | 'restore-main' = 'main'): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return fileURLToPath(new URL(`../daemon/${name}.${extension}`, import.meta.url))
}

/**
 * Returns what node is to be called with. A young generation of this size halves the time that collecting garbage
 * takes of a first ingestion; V8's own default grows to twice the memory for a tenth more.
 */
export function daemonArguments(program = daemonProgram()): string[] {
  return ['--max-semi-space-size=16', program]
}

/** glibc's arenas keep what the store's threads have freed: without a bound they hold 100 MB for nothing. */
const glibcSettings = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_TRIM_THRESHOLD_: '131072',
  MALLOC_MMAP_THRESHOLD_: '131072',
}

/**
 * Returns the environment that a daemon may inherit; a variable of one shell must not steer it for weeks.
 *
 * A home that is named from here is named whole: the daemon runs elsewhere.
 */
export function daemonEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.fromEntries(Object.entries(environment).filter(([name]) => kept.test(name)))
  const home = environment['AIOS_HOME'] ?? ''
  return {
    ...inherited,
    ...(home === '' ? {} : { AIOS_HOME: resolve(home) }),
    ...glibcSettings,
    ...compiledCode(),
  }
}

/** What was compiled is kept where this command keeps its own: a daemon starts with a third less work. */
function compiledCode(): NodeJS.ProcessEnv {
  const folder = module.getCompileCacheDir()
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) }
}

async function launch(start: Start, deadlineMs: number, signal: AbortSignal): Promise<Found> {
  const { folders, environment, program } = start
  const { descriptor, from } = openLog(folders.logFile)
  const child = spawn(process.execPath, daemonArguments(program), {
    cwd: folders.state,
    detached: true,
    env: daemonEnvironment(environment),
    stdio: ['ignore', descriptor, descriptor],
  })
  closeSync(descriptor)
  const ended = endOf(child)
  child.unref()

  const deadline = performance.now() + deadlineMs
  while (performance.now() < deadline) {
    const found = await findDaemon(folders, signal)
    if (found?.isReady === true) return found
    const end = ended()
    if (end !== undefined) throw failed(`The daemon did not start: it ended with ${end}.`, folders, from)
    await sleep(20)
    if (signal.aborted)
      throw new AiosError('command.interrupted', 'Interrupted while the daemon was starting.')
  }
  const late = await findDaemon(folders, signal)
  if (late !== undefined) return late
  throw failed(
    `The daemon, process ${child.pid}, did not answer within ${deadlineMs / 1000} s.`,
    folders,
    from,
  )
}

function endOf(child: ChildProcess): () => string | undefined {
  let end: string | undefined
  child.once('error', (error) => (end = error.message))
  child.once('exit', (code, name) => (end = code === null ? `signal ${name}` : `exit code ${code}`))
  return () => end
}

function openLog(path: string): { descriptor: number; from: number } {
  openFolder(dirname(path))
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  const isLarge = size > largestLogBytes
  try {
    if (isLarge) renameSync(path, `${path}.1`)
    return { descriptor: openSync(path, 'a', 0o600), from: isLarge ? 0 : size }
  } catch (cause) {
    throw new AiosError('state.unwritable', `The log ${path} cannot be written.`, { cause })
  }
}

function failed(what: string, folders: StateFolders, from: number): AiosError {
  const written = readFileSync(folders.logFile).subarray(from).toString().trim().split('\n')
  const lines = written.filter((line) => !/^\s+at /.test(line)).slice(-15)
  const isSilent = lines.join('') === ''
  const folder = dirname(folders.logFile)
  if (isSilent && statfsSync(folder).bavail === 0)
    return new AiosError('store.full', `${what} No space is left in ${folder}, not even to say why.`)
  const log = isSilent ? 'It wrote nothing to its log.' : `Its log ends with:\n${lines.join('\n')}`
  return new AiosError('daemon.unreachable', `${what} ${log}`)
}

/** Makes the folder, or takes the rights of others away from it. */
function openFolder(path: string): void {
  try {
    makeFolder(path)
    if (!isOurs(path)) chmodSync(path, 0o700)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AiosError('state.unwritable', `The folder ${path} cannot be used: ${reason}`, { cause: error })
  }
  if (!isOurs(path)) throw new AiosError('state.unwritable', `The folder ${path} belongs to somebody else.`)
}
