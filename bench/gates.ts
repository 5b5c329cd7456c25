import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { hookRoutes } from '../contract/hook-routes.ts'
import { editedText, oftenChanged } from './bundled.ts'
import { startBenchDaemon, withHome, type BenchDaemon } from './daemon.ts'
import { remember } from './remember.ts'
import { quantile, spread } from './report.ts'

const rounds = 40
const stagedFiles = 50
/** What was committed is read meanwhile; nobody commits twice in a moment. */
const pauseMs = 600

/** How long before the commit its files are staged: by hand, or by `git commit -a`. */
const stagings = { 'staged half a second before': 500, 'staged at once': 0 } as const

/** Measures `git commit` of 50 files with all bundled plugins asked, beside the same commit without hooks. */
export async function* benchGates(repository: string): AsyncGenerator<object> {
  yield* await withHome(async (home) => {
    const daemon = await startBenchDaemon(join(home, 'up'))
    try {
      const [plain, asked] = ['none', 'asked'].map((name) => cloneInto(join(home, name), repository))
      if (plain === undefined || asked === undefined) throw new Error('no clones')
      await settle(daemon, asked)
      const races: object[] = []
      for (const [staging, beforeMs] of Object.entries(stagings))
        races.push({ staging, ...(await race(plain, asked, beforeMs)) })
      return races
    } finally {
      await daemon.stop()
    }
  })
}

async function settle(daemon: BenchDaemon, clone: string): Promise<void> {
  await remember(daemon, clone)
  await daemon.client.call(hookRoutes.installHooks, { repository: clone })
}

async function race(plain: string, asked: string, beforeMs: number): Promise<object> {
  const paths = (await oftenChanged(plain)).slice(0, stagedFiles)
  const texts = paths.map((path) => readFileSync(join(plain, path), 'utf8'))
  const ms = { plain: new Array<number>(), asked: new Array<number>() }
  let first = Number.NaN
  for (let turn = 0; turn <= rounds; turn += 1) {
    const edited = texts.map(
      (text) => `${turn % 2 === 0 ? editedText(text) : text}\n// ${beforeMs} ${turn}\n`,
    )
    const both = turn % 2 === 0 ? (['plain', 'asked'] as const) : (['asked', 'plain'] as const)
    for (const which of both) {
      await sleep(pauseMs)
      const clone = which === 'plain' ? plain : asked
      stage(clone, paths, edited)
      await sleep(beforeMs)
      const took = commit(clone, turn)
      if (turn > 0) ms[which].push(took)
      else if (which === 'asked') first = took
    }
  }
  const added = ms.asked.map((took, turn) => took - (ms.plain[turn] ?? Number.NaN))
  const over = {
    p50: quantile(added, 0.5),
    p95: quantile(added, 0.95),
    ofQuantiles95: quantile(ms.asked, 0.95) - quantile(ms.plain, 0.95),
  }
  const whole = { files: paths.length, none: spread(ms.plain), asked: spread(ms.asked) }
  return { figure: 'git commit of 50 files, all bundled plugins', limit: { p95: 60 }, over, ...whole, first }
}

function stage(clone: string, paths: readonly string[], texts: readonly string[]): void {
  for (const [at, path] of paths.entries()) writeFileSync(join(clone, path), texts[at] ?? '')
  execFileSync('git', ['add', '--all'], { cwd: clone })
}

function commit(clone: string, turn: number): number {
  const args = [...identity, 'commit', '--quiet', '-m', `fix(bench): turn ${turn}`]
  const began = performance.now()
  const { status, stderr } = spawnSync('git', args, { cwd: clone, encoding: 'utf8' })
  const took = performance.now() - began
  if (status !== 0 || stderr.includes('not checked')) throw new Error(`git commit in ${clone}: ${stderr}`)
  return took
}

const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', '-c', 'gc.auto=0']

function cloneInto(path: string, repository: string): string {
  execFileSync('git', ['clone', '--quiet', '--no-local', '--single-branch', repository, path])
  return path
}
