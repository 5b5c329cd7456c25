import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { hookRoutes, questionHooks, type QuestionHook } from '../contract/hook-routes.ts'
import { repositoryRoutes } from '../contract/repository-routes.ts'
import { stateFolders } from '../contract/state.ts'
import { createGit } from '../daemon/git/git.ts'
import { openRepository } from '../daemon/git/repository.ts'
import { createGitHooks } from '../daemon/hooks/hooks.ts'
import { hangSign, hooksFolder } from '../daemon/hooks/door.ts'
import { startBenchDaemon, withHome, type BenchDaemon } from './daemon.ts'
import { quantile, round, spread } from './report.ts'

const rounds = 60
/** Nobody commits while the last commit is still being read; the daemon has done with it by then. */
const pauseMs = 150
const interruptions = Number(process.env['AIOS_BENCH_INTERRUPTIONS'] ?? 1000)

/** A clone in which commits are timed. */
interface Contestant {
  readonly name: string
  readonly clone: string
  /** Prepares what a commit is to meet, before each. */
  ready(): void
}

/** Measures what hooks add to `git commit`, beside husky and lefthook, and what Ctrl-C in one of them leaves behind. */
export async function* benchHooks(repository: string): AsyncGenerator<object> {
  const rows = await withHome(async (home) => {
    const daemon = await startBenchDaemon(join(home, 'up'))
    try {
      const contestants = await prepare(home, repository, daemon)
      return [...(await race(contestants)), ...(await interrupt(home, repository))]
    } finally {
      await daemon.stop()
    }
  })
  yield* rows
}

async function prepare(home: string, repository: string, daemon: BenchDaemon): Promise<Contestant[]> {
  const clone = (name: string) => cloneInto(join(home, name.replaceAll(' ', '-')), repository)
  const up = stateFolders(daemon.environment)
  const sign = (listens: readonly QuestionHook[], socket?: string) => () =>
    hangSign(hooksFolder(up.state), { socket, listens, unanswered: 'allow', pid: daemon.pid })
  const own = async (name: string, ready: () => void): Promise<Contestant> => {
    const path = clone(name)
    await daemon.client.call(repositoryRoutes.addRepository, { path })
    await daemon.client.call(hookRoutes.installHooks, { repository: path })
    return { name, clone: path, ready }
  }
  const leaveSign = await signOfKilled(join(home, 'dead'), hooksFolder(up.state))
  return [
    { name: 'none', clone: clone('none'), ready: () => {} },
    await own('asked once', sign(['pre-commit'], up.socket)),
    await own('asked twice', sign(questionHooks, up.socket)),
    await own('nobody listens', sign([], up.socket)),
    await own('off', sign(questionHooks)),
    await own('killed', leaveSign),
    ...withManagers(home, clone),
  ]
}

/** Returns what puts up the sign of a daemon that was killed, and left its socket and its sign behind. */
async function signOfKilled(socket: string, folder: string): Promise<() => void> {
  const listen = `require('net').createServer().listen(process.argv[1], () => console.log('listens'))`
  const child = spawn(process.execPath, ['-e', listen, socket], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  hangSign(folder, { socket, listens: questionHooks, unanswered: 'allow', pid: child.pid })
  const sign = readFileSync(join(folder, 'door'))
  child.kill('SIGKILL')
  await once(child, 'exit')
  return () => writeFileSync(join(folder, 'door'), sign)
}

/** The same two hooks, each of which does nothing, under the managers that people use. */
function withManagers(home: string, clone: (name: string) => string): Contestant[] {
  const tools = join(home, 'tools')
  mkdirSync(tools)
  execFileSync('npm', ['install', '--silent', '--ignore-scripts', '--prefix', tools, 'husky', 'lefthook'])
  const tool = (cwd: string, file: string, ...args: string[]) =>
    execFileSync(process.execPath, [join(tools, 'node_modules', file), ...args], { cwd, stdio: 'ignore' })

  const husky = clone('husky')
  mkdirSync(join(husky, '.husky'))
  for (const hook of ['pre-commit', 'post-commit']) writeFileSync(join(husky, '.husky', hook), 'true\n')
  tool(husky, 'husky/bin.js')
  const lefthook = clone('lefthook')
  const job = (hook: string) => `${hook}:\n  jobs:\n    - run: 'true'\n`
  writeFileSync(join(lefthook, 'lefthook.yml'), job('pre-commit') + job('post-commit'))
  tool(lefthook, 'lefthook/bin/index.js', 'install')
  return [
    { name: 'husky', clone: husky, ready: () => {} },
    { name: 'lefthook', clone: lefthook, ready: () => {} },
  ]
}

/** Each in turn, beginning with another each round, so that what else the machine does falls on all alike. */
async function race(contestants: readonly Contestant[]): Promise<object[]> {
  const ms = new Map(contestants.map(({ name }): [string, number[]] => [name, []]))
  for (let turn = 0; turn <= rounds; turn += 1) {
    for (let at = 0; at < contestants.length; at += 1) {
      const contestant = contestants[(turn + at) % contestants.length]
      if (contestant === undefined) continue
      await sleep(pauseMs)
      const took = commitOnce(contestant, turn)
      // The first is cold for everybody.
      if (turn > 0) ms.get(contestant.name)?.push(took)
    }
  }
  const base = ms.get('none') ?? []
  return [...ms].map(([name, times]) => ({
    figure: `git commit, ${name}`,
    ms: spread(times),
    over: {
      p50: round(quantile(times, 0.5) - quantile(base, 0.5)),
      p95: round(quantile(times, 0.95) - quantile(base, 0.95)),
      // Of the same round, so that it says something on a machine that others use as well.
      pairedP50: quantile(
        times.map((took, turn) => took - (base[turn] ?? Number.NaN)),
        0.5,
      ),
    },
  }))
}

function commitOnce({ clone, ready }: Contestant, turn: number): number {
  appendFileSync(join(clone, 'hooks-bench.txt'), `line ${turn}\n`)
  execFileSync('git', ['add', 'hooks-bench.txt'], { cwd: clone })
  ready()
  const began = performance.now()
  const { status, stderr } = spawnSync('git', [...identity, 'commit', '--quiet', '-m', `turn ${turn}`], {
    cwd: clone,
    encoding: 'utf8',
  })
  const took = performance.now() - began
  if (status !== 0) throw new Error(`git commit in ${clone}: ${stderr}`)
  return took
}

const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', '-c', 'gc.auto=0']

/** Presses Ctrl-C at any moment of a commit that waits for an answer; and of one that waits for a plain hook. */
async function interrupt(home: string, repository: string): Promise<object[]> {
  const clone = cloneInto(join(home, 'interrupted'), repository)
  const state = join(home, 'hung')
  const socket = join(home, 'h')
  const hung = createServer((connection) => connection.on('error', () => {}))
  await new Promise<void>((resolve) => void hung.listen(socket, resolve))
  hangSign(hooksFolder(state), { socket, unanswered: 'allow', listens: questionHooks })
  const hooks = createGitHooks({ shim: { folder: hooksFolder(state), seconds: 30 } })
  await hooks.install(await openRepository(clone, createGit()), new AbortController().signal)
  const plain = cloneInto(join(home, 'plain'), repository)
  writeFileSync(join(plain, '.git', 'hooks', 'pre-commit'), '#!/bin/sh\nsleep 30\n', { mode: 0o755 })
  const figures = [
    { figure: 'Ctrl-C in pre-commit', ...(await pressOften(clone)) },
    { figure: 'Ctrl-C in a plain hook', ...(await pressOften(plain)) },
  ]
  hung.close()
  return figures
}

/** Looks at every byte of the user's work after each; a lock that git itself leaves is counted apart. */
async function pressOften(clone: string): Promise<object> {
  const names = ['staged.txt', 'half-staged.txt', 'untracked.txt']
  for (const name of names) writeFileSync(join(clone, name), `work of the user in ${name}\n`.repeat(100))
  execFileSync('git', ['add', 'staged.txt', 'half-staged.txt'], { cwd: clone })
  appendFileSync(join(clone, 'half-staged.txt'), 'and more that is not staged\n')
  const lock = join(clone, '.git', 'index.lock')
  const before = picture(clone, names)
  let changed = 0
  let locks = 0
  for (let number = 0; number < interruptions; number += 1) {
    const args = [...identity, 'commit', '--quiet', '-m', 'never']
    const child = spawn('git', args, { cwd: clone, detached: true, stdio: 'ignore' })
    const ended = new Promise((resolve) => void child.once('exit', resolve))
    await sleep(number % 40)
    if (child.pid !== undefined) signalGroup(child.pid)
    await ended
    if (existsSync(lock)) locks += 1
    rmSync(lock, { force: true })
    if (picture(clone, names) !== before) changed += 1
  }
  return { times: interruptions, timesAnythingChanged: changed, locksLeftByGit: locks }
}

function signalGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGINT')
  } catch {
    // It ended by itself meanwhile.
  }
}

/** Everything that the user could lose: each file, the index, the branch, and that nothing was added. */
function picture(clone: string, names: readonly string[]): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: clone, encoding: 'utf8' })
  const files = names.map((name) => readFileSync(join(clone, name), 'utf8'))
  const told = [
    git('ls-files', '--stage'),
    git('rev-parse', 'HEAD'),
    git('status', '--porcelain=v1'),
    git('stash', 'list'),
  ]
  return JSON.stringify([...files, ...told])
}

function cloneInto(path: string, repository: string): string {
  execFileSync('git', ['clone', '--quiet', repository, path])
  return path
}
