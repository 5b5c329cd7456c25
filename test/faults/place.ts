import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, type Client } from '../../cli/client.ts'
import { daemonRoutes } from '../../contract/daemon-routes.ts'
import { stateFolders, type StateFolders } from '../../contract/state.ts'
import type { RepositoryStatus, StatusAnswer } from '../../contract/status.ts'
import { commandProgram, daemonProgram } from '../programs.ts'

/** A home with a repository, where real commands meet a real daemon. */
export interface Place {
  readonly home: string
  readonly repository: string
  readonly folders: StateFolders
  readonly environment: NodeJS.ProcessEnv
  /** Runs the command in the repository, or where `cwd` says. */
  aios(args: readonly string[], options?: Where): Ended
  git(...args: readonly string[]): string
  /** Runs git with something on its standard input. */
  input(args: readonly string[], text: string): void
  /** Starts a daemon as a child of the test and waits until it answers. */
  daemon(environment?: NodeJS.ProcessEnv): Promise<Running>
  /** Ends every daemon of this home. */
  clear(): Promise<void>
}

/** Where and with what a command runs. */
export interface Where {
  readonly cwd?: string
  readonly environment?: NodeJS.ProcessEnv
}

/** How a command ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** What stands in `data` of what it printed as JSON; undefined when it printed none. */
  readonly data: unknown
}

/** A daemon that the test may do anything to. */
export interface Running {
  readonly pid: number
  readonly child: ChildProcess
  readonly client: Client
  status(): Promise<StatusAnswer>
  /** Waits until the only repository says so. */
  until(test: (repository: RepositoryStatus) => boolean): Promise<RepositoryStatus>
  /** Sends a signal and returns how the process ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<{ code: number | null; log: string }>
}

/** Creates a place whose repository has no commit yet. */
export function createPlace(): Place {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'fault-')))
  const repository = join(home, 'tide')
  mkdirSync(repository)
  // Long histories would be learned from; whoever tests that switches it on.
  const environment = {
    ...process.env,
    HOME: home,
    AIOS_HOME: join(home, 'aios'),
    AIOS_EMBEDDER_TRAIN: 'off',
  }
  const folders = stateFolders(environment)
  const daemons: Running[] = []
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, {
      cwd: existsSync(repository) ? repository : home,
      env: environment,
      encoding: 'utf8',
      stdio: 'pipe',
    })
  git('init', '--quiet')

  return {
    home,
    repository,
    folders,
    environment,
    git,

    input: (args, text) =>
      void execFileSync('git', args, { cwd: repository, env: environment, input: text, stdio: 'pipe' }),

    aios(args, options = {}) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [commandProgram, ...args], {
        cwd: options.cwd ?? repository,
        env: options.environment ?? environment,
        encoding: 'utf8',
        timeout: 60_000,
      })
      return { code: status, stdout, stderr, data: dataIn(stdout) }
    },

    async daemon(other = environment) {
      const running = await startDaemon(folders, other)
      daemons.push(running)
      return running
    },

    async clear() {
      for (const { child, client } of daemons) {
        client.close()
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      }
      spawnSync(process.execPath, [commandProgram, '--no-daemon', 'daemon', 'stop'], {
        env: environment,
      })
    },
  }
}

/** Writes many commits at once: each changes a file and has a word of its own, `word17`. */
export function writeHistory(place: Place, branch: string, count: number, first = 0): void {
  const lines: string[] = []
  const parent = spawnSync('git', ['rev-parse', '--verify', '--quiet', 'HEAD'], {
    cwd: place.repository,
    encoding: 'utf8',
  }).stdout.trim()
  for (let index = first; index < first + count; index++) {
    const message = `note word${index} of the tide\n`
    const content = Array.from(
      { length: 12 },
      (_, line) => `${branch} line ${line} says word${index}\n`,
    ).join('')
    lines.push(
      `commit refs/heads/${branch}`,
      `mark :${index + 1}`,
      `author Ada <ada@example.com> ${1_700_000_000 + index} +0000`,
      `committer Ada <ada@example.com> ${1_700_000_000 + index} +0000`,
      `data ${message.length}\n${message}`,
      ...(index > first ? [`from :${index}`] : parent === '' ? [] : [`from ${parent}`]),
      `M 100644 inline notes/${index % 50}.txt\ndata ${content.length}\n${content}`,
    )
  }
  execFileSync('git', ['fast-import', '--quiet', '--force'], {
    cwd: place.repository,
    env: place.environment,
    input: `${lines.join('\n')}\n`,
  })
}

/** Returns the processes that a process has started and that still run. */
export function childrenOf(pid: number): { readonly pid: number; readonly command: string }[] {
  const listing = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' }).stdout
  return listing.split('\n').flatMap((line) => {
    const [, child, command = ''] = /^ *(\d+) (.*)$/.exec(line) ?? []
    return child === undefined ? [] : [{ pid: Number(child), command }]
  })
}

/** Returns the files in a folder, however deep, that hold the bytes. */
export function filesWith(folder: string, bytes: string | Buffer): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(bytes))
}

async function startDaemon(folders: StateFolders, environment: NodeJS.ProcessEnv): Promise<Running> {
  const child = spawn(process.execPath, [daemonProgram], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (log += data.toString()))
  const ended = once(child, 'close')
  const client = createClient(folders.socket, new AbortController().signal)
  while (!(await answers(client, child.pid))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The daemon ended: ${log}`)
    await sleep(10)
  }
  const status = () => client.call(daemonRoutes.status, {})

  return {
    pid: child.pid ?? 0,
    child,
    client,
    status,
    async until(test) {
      for (;;) {
        const [repository] = (await status()).repositories
        if (repository !== undefined && test(repository)) return repository
        await sleep(20)
      }
    },
    async end(signal) {
      child.kill(signal)
      await ended
      client.close()
      return { code: child.exitCode, log }
    },
  }
}

async function answers(client: Client, pid: number | undefined): Promise<boolean> {
  try {
    return (await client.call(daemonRoutes.identity, {})).pid === pid
  } catch {
    return false
  }
}

function dataIn(stdout: string): unknown {
  try {
    const printed: unknown = JSON.parse(stdout)
    return typeof printed === 'object' && printed !== null && 'data' in printed ? printed.data : undefined
  } catch {
    return undefined
  }
}

/** Says whether the daemon of a place has left nothing that could be taken for a running one. */
export function isTidy({ folders }: Place): boolean {
  return !existsSync(folders.socket) && !existsSync(folders.serviceFile)
}
