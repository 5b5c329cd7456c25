/**
 * Measures how fast texts are digested, in steps and through the workers' process.
 *
 *     node bench/digest.ts [repository] [commits]
 *
 * Prints one JSON object a line. Bytes are those of the hunks as git prints them, cut as ingestion cuts them.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { limits } from '../contract/limits.ts'
import { createDigester, type Texts } from '../native-workers/digest.ts'
import { createUntrainedTable, encode } from '../native-workers/learned-encode.ts'
import { redact } from '../native-workers/redact.ts'
import { createWorkers } from '../native-workers/supervisor.ts'
import { termsOf, tokenise } from '../native-workers/tokenise.ts'

const batchBytes = 512 * 1024
const settings = { dimensions: 128, seed: 1 }
const forever = new AbortController().signal

const [repository = '.', commits = '2000'] = process.argv.slice(2)
const files = await readFiles(repository, commits)
const batches = batchesOf(files)
const changed = files.map(({ lines }) =>
  lines
    .filter(isChanged)
    .map((line) => line.slice(1))
    .join('\n'),
)
const terms = changed.map(termsOf)
const table = createUntrainedTable(settings)
const digest = createDigester(createUntrainedTable(settings))

const steps: Record<string, () => unknown> = {
  redact: () => inGroups(changed, redact),
  tokenise: () => changed.forEach((text) => tokenise(text, () => {})),
  encode: () => terms.forEach((list) => encode(list, table)),
  digest: () => inGroups(batches, ([batch]) => batch && digest(batch), 1),
}
for (const [step, run] of Object.entries(steps)) await measure(step, run)
for (const threads of [1, 2]) await measureWorkers(threads)

interface File {
  readonly path: string
  readonly lines: readonly string[]
}

async function readFiles(path: string, count: string): Promise<File[]> {
  const git = spawn('git', ['-C', path, 'log', '-p', '-M', '--no-merges', '--format=', `-${count}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const found: { path: string; lines: string[]; bytes: number }[] = []
  for await (const line of createInterface({ input: git.stdout })) {
    if (line.startsWith('diff --git '))
      found.push({ path: line.slice(line.indexOf(' b/') + 3), lines: [], bytes: -1 })
    const file = found.at(-1)
    if (file === undefined) continue
    if (file.bytes < 0) file.bytes = line.startsWith('@@') ? 0 : -1
    else if (/^[ +\-\\]/.test(line) && (file.bytes += line.length + 1) < limits.hunkBytesPerFile)
      file.lines.push(line)
  }
  return found.filter(({ lines }) => lines.length > 0)
}

function batchesOf(all: readonly File[]): Texts[] {
  const found: Texts[] = []
  for (let from = 0; from < all.length;) {
    const parts: Buffer[] = []
    const ends = [0]
    for (let size = 0; size < batchBytes && from + parts.length < all.length; ends.push(size)) {
      const part = Buffer.from(`${all[from + parts.length]?.lines.join('\n')}\n`)
      size += part.length
      parts.push(part)
    }
    const labels = all.slice(from, from + parts.length).map(({ path }) => path)
    found.push({ bytes: Buffer.concat(parts), offsets: Uint32Array.from(ends), shape: 'hunk', labels })
    from += parts.length
  }
  return found
}

async function measure(step: string, run: () => unknown): Promise<void> {
  await run()
  const began = performance.now()
  const cpu = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(cpu)
  print(step, performance.now() - began, (user + system) / 1e6, process.memoryUsage.rss())
}

async function measureWorkers(threads: number): Promise<void> {
  const entry = new URL('../native-workers/main.ts', import.meta.url)
  const workers = createWorkers({ entry, threads, onRestarted: (reason) => console.error(reason) })
  const [first] = batches
  const began = performance.now()
  if (first !== undefined) await workers.digest(first, settings, forever)
  const firstMs = Math.round(performance.now() - began)
  const before = performance.now()
  await Promise.all(batches.map((batch) => workers.digest(batch, settings, forever)))
  const ms = performance.now() - before
  const { cpuSeconds, rssBytes } = statusOf(workers.state().pid)
  print('workers', ms, cpuSeconds, rssBytes, { threads, firstMs })
  await workers.close()
}

/** Returns what a process has used since it began, as far as the system says so. */
function statusOf(pid: number | undefined): { cpuSeconds: number; rssBytes: number } {
  try {
    const times = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return { cpuSeconds: (Number(times[11]) + Number(times[12])) / 100, rssBytes: Number(peak) * 1024 }
  } catch {
    return { cpuSeconds: 0, rssBytes: 0 }
  }
}

function print(step: string, ms: number, cpuSeconds: number, rssBytes: number, more: object = {}): void {
  const bytes = batches.reduce((sum, batch) => sum + batch.bytes.length, 0)
  const figures = {
    passages: files.length,
    mb: round(bytes / 1e6),
    ms: Math.round(ms),
    cpuSeconds: round(cpuSeconds),
    mbPerSecond: round(bytes / 1e3 / ms),
    passagesPerSecond: Math.round((files.length / ms) * 1e3),
    rssMb: Math.round(rssBytes / 2 ** 20),
  }
  console.log(JSON.stringify({ bench: 'digest', step, ...figures, ...more }))
}

async function inGroups<T>(
  all: readonly T[],
  act: (group: readonly T[]) => unknown,
  size = 100,
): Promise<void> {
  for (let at = 0; at < all.length; at += size) await act(all.slice(at, at + size))
}

function isChanged(line: string): boolean {
  return line.startsWith('+') || line.startsWith('-')
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
