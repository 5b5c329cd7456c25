import { execFileSync } from 'node:child_process'
import { questionRoutes } from '../contract/question-routes.ts'
import { startBenchDaemon, withHome } from './daemon.ts'
import { remember } from './remember.ts'
import { gitText, spread } from './report.ts'

const questions = 40
const seed = 7

/** Measures `why` of lines taken by chance, beside what git says about the same lines. */
export async function* benchWhy(repository: string): AsyncGenerator<object> {
  const lines = await linesOf(repository)
  yield* await withHome(async (home) => {
    const daemon = await startBenchDaemon(home)
    try {
      const id = await remember(daemon, repository)
      const ask = (path: string, line: number) =>
        daemon.client.call(questionRoutes.why, { repository: id, path, line })
      const times: Record<string, number[]> = { why: [], again: [], blame: [], log: [] }
      const timed = async (name: string, work: () => unknown): Promise<void> => {
        const began = performance.now()
        await work()
        times[name]?.push(performance.now() - began)
      }
      const git = (...args: string[]) => execFileSync('git', ['-C', repository, ...args], { stdio: 'ignore' })
      for (const { path, line } of lines) {
        await timed('blame', () => git('blame', `-L${line},${line}`, 'HEAD', '--', path))
        await timed('why', () => ask(path, line))
        await timed('again', () => ask(path, line))
        await timed('log', () => git('log', '-s', `-L${line},${line}:${path}`, 'HEAD'))
      }
      return Object.entries(times).map(([name, ms]) => ({ figure: figures[name], ms: spread(ms) }))
    } finally {
      await daemon.stop()
    }
  })
}

const figures: Readonly<Record<string, string>> = {
  why: 'why FILE:LINE',
  again: 'the same again',
  blame: 'instead: git blame -L',
  log: 'instead: git log -L',
}

interface Line {
  readonly path: string
  readonly line: number
}

async function linesOf(repository: string): Promise<Line[]> {
  const names = await gitText(repository, 'ls-tree', '-r', '--name-only', 'HEAD')
  const paths = names.split('\n').filter((path) => /\.([chj]s?|ts|py|sh|pl|rs|go|md|txt)$/.test(path))
  const next = numbersFrom(seed)
  const lines: Line[] = []
  while (lines.length < questions) {
    const path = paths[next() % paths.length] ?? ''
    const { length } = (await gitText(repository, 'show', `HEAD:${path}`)).split('\n')
    if (length > 1) lines.push({ path, line: 1 + (next() % length) })
  }
  return lines
}

/** The same numbers from the same seed. */
function numbersFrom(start: number): () => number {
  let state = start
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 8
  }
}
