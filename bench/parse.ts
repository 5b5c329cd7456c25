/**
 * Compares reading a history with `git log -p HEAD`, in the same run: neither embeds nor stores.
 *
 * Run as `node bench/parse.ts <repository>`; prints one JSON object.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createGit, type Git } from '../daemon/git/git.ts'
import { listCommits, readHeaders, readPatches } from '../daemon/git/history.ts'
import { openRepository, placeOf, type Repository } from '../daemon/git/repository.ts'

/** What reading one history cost. */
export interface ParseFigures {
  readonly repository: string
  readonly commits: number
  readonly files: number
  readonly additions: number
  readonly deletions: number
  readonly skipped: number
  readonly referenceMs: number
  readonly referenceBytes: number
  readonly headersMs: number
  readonly patchesMs: number
  /** Wall time as a ratio of `git log -p HEAD | wc -c`. */
  readonly headersRatio: number
  readonly patchesRatio: number
  readonly bothRatio: number
  /** The highest resident size of this process, and of it with every git that it ran. */
  readonly peakMegabytes: number
  readonly peakMegabytesWithGit: number
  /** Equal for runs that read the same. */
  readonly digest: string
}

/** Reads the history of HEAD with git alone and then with the parser. */
export async function benchParse(repositoryPath: string): Promise<ParseFigures> {
  const git = createGit()
  if (git === undefined) throw new Error('There is no git on PATH.')
  const repository = await openRepository(repositoryPath, git)
  const { oid } = await repository.head()
  if (oid === undefined) throw new Error(`${repositoryPath} has no commit.`)

  const reference = await timed(() => countLog(git, repository))
  const memory = watchMemory()
  const headers = await timed(() => countHeaders(repository, oid))
  const patches = await timed(() => countPatches(repository, oid))
  const { peak, peakWithGit } = memory.stop()
  return {
    repository: repositoryPath,
    commits: headers.value,
    ...patches.value,
    referenceMs: reference.ms,
    referenceBytes: reference.value,
    headersMs: headers.ms,
    patchesMs: patches.ms,
    headersRatio: ratio(headers.ms, reference.ms),
    patchesRatio: ratio(patches.ms, reference.ms),
    bothRatio: ratio(headers.ms + patches.ms, reference.ms),
    peakMegabytes: peak,
    peakMegabytesWithGit: peakWithGit,
  }
}

/** Counts what plain git prints, without any of the settings that make it cheaper for us. */
async function countLog(git: Git, repository: Repository): Promise<number> {
  const { spawn } = await import('node:child_process')
  const child = spawn(git.binary, ['log', '-p', 'HEAD'], {
    cwd: placeOf(repository).cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const counter = spawn('wc', ['-c'], { stdio: [child.stdout, 'pipe', 'inherit'] })
  let text = ''
  for await (const chunk of counter.stdout) text += String(chunk)
  return Number(text.trim())
}

async function countHeaders(repository: Repository, tip: string): Promise<number> {
  let commits = 0
  for await (const batch of readHeaders(repository, { tips: [tip] })) commits += batch.length
  return commits
}

async function countPatches(repository: Repository, tip: string) {
  const digest = createHash('sha1')
  const counts = { files: 0, additions: 0, deletions: 0, skipped: 0 }
  const oids = async function* () {
    for await (const batch of listCommits(repository, { tips: [tip] })) yield* batch
  }
  for await (const batch of readPatches(repository, oids(), { onSkipped: () => counts.skipped++ })) {
    for (const { oid, patchId, files } of batch) {
      digest.update(`${oid}${patchId}`)
      counts.files += files.length
      for (const file of files) {
        counts.additions += file.additions
        counts.deletions += file.deletions
      }
    }
  }
  return { ...counts, digest: digest.digest('hex') }
}

function watchMemory(): { stop(): { peak: number; peakWithGit: number } } {
  let peak = 0
  let peakWithGit = 0
  const look = () => {
    const own = residentMegabytes('self')
    peak = Math.max(peak, own)
    peakWithGit = Math.max(
      peakWithGit,
      own + childrenOf(process.pid).reduce((sum, pid) => sum + residentMegabytes(pid), 0),
    )
  }
  const timer = setInterval(look, 50)
  return {
    stop() {
      clearInterval(timer)
      look()
      return { peak: Math.round(peak), peakWithGit: Math.round(peakWithGit) }
    },
  }
}

function childrenOf(pid: number): string[] {
  return readOrEmpty(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter((child) => child !== '')
}

function residentMegabytes(pid: string): number {
  const kibibytes = /^VmRSS:\s+(\d+)/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1]
  return Number(kibibytes ?? 0) / 1024
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

async function timed<T>(act: () => Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const start = performance.now()
  const value = await act()
  return { value, ms: Math.round(performance.now() - start) }
}

function ratio(ms: number, referenceMs: number): number {
  return Math.round((ms / referenceMs) * 1000) / 1000
}

if (import.meta.main) {
  for (const path of process.argv.slice(2)) console.log(JSON.stringify(await benchParse(path)))
}
