import { execFile } from 'node:child_process'
import { availableParallelism, totalmem } from 'node:os'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs git in a folder and returns what it prints. */
export async function gitText(folder: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', folder, ...args], { maxBuffer: 512 * 1024 * 1024 })
  return stdout.trim()
}

/** Returns where a figure comes from: machine, versions, the measured repository and this commit. */
export async function machine(repository: string): Promise<object> {
  return {
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    git: (await run('git', ['--version'])).stdout.trim(),
    aios: await gitText(import.meta.dirname, 'rev-parse', '--short=10', 'HEAD').catch(() => 'not a clone'),
    commits: Number(await gitText(repository, 'rev-list', '--all', '--count')),
    head: await gitText(repository, 'rev-parse', '--short=10', 'HEAD'),
  }
}

/** Returns the share of the values that a quantile names, by the nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN)
}

/** Returns p50, p95 and the largest of some milliseconds. */
export function spread(ms: readonly number[]): { p50: number; p95: number; max: number; runs: number } {
  return { p50: quantile(ms, 0.5), p95: quantile(ms, 0.95), max: round(Math.max(...ms)), runs: ms.length }
}

/** Two digits after the point: what lies beyond is noise. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}
