import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { describeEnd } from '../native-workers/process-end.ts'
import { createFrameReader, frameOf } from './host/frames.ts'
import { channelNumber, type Order, type Report } from './host/messages.ts'
import { readReport } from './sandbox-report.ts'
import { nodeArguments } from './sandbox-walls.ts'

/** The process of a trust group while it lives. */
export interface SandboxChild {
  readonly pid: number | undefined
  send(order: Order): void
  /** Returns its resident memory, or undefined where the system does not tell. */
  rssBytes(): number | undefined
  /** Ends it at once. */
  kill(): void
  /** Settles when it is gone, and its folder with it. */
  readonly gone: Promise<void>
}

/** What a child is started with, and whom it tells. */
export interface SandboxChildOptions {
  /** The file that the process runs. */
  readonly entry: URL
  readonly mostReportBytes: number
  readonly onReport: (report: Report) => void
  /** Called once, whatever ended it. */
  readonly onEnd: (reason: string) => void
}

const complaintCharacters = 4_000
const pageBytes = 4_096

/** Starts a process with an empty environment, in an empty folder of its own. */
export function startSandboxChild(options: SandboxChildOptions): SandboxChild {
  const folder = mkdtempSync(join(tmpdir(), 'aios-plugins-'))
  const child = spawn(process.execPath, nodeArguments(options.entry), {
    cwd: folder,
    env: leastEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  const channel = child.stdio[channelNumber]
  const { promise: gone, resolve } = Promise.withResolvers<void>()
  let complaint = ''
  let refusal: string | undefined
  let isOver = false

  const end = (how: string) => {
    if (isOver) return
    isOver = true
    options.onEnd(refusal ?? how)
    rm(folder, { recursive: true, force: true }).then(resolve, () => resolve())
  }
  const refuse = (why: string) => {
    refusal ??= why
    child.kill('SIGKILL')
  }
  const read = createFrameReader(
    options.mostReportBytes,
    (text) => {
      const report = isOver ? undefined : readReport(text)
      if (report !== undefined) options.onReport(report)
    },
    (bytes) => refuse(`it sent ${bytes} bytes at once`),
  )

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-complaintCharacters)
  })
  // A channel breaks when its process dies; the process's own end says more.
  channel?.on('error', () => {})
  channel?.on('data', read)
  child.once('error', (error) => end(`it could not be started: ${error.message}`))
  child.once('close', (code, signal) => end(describeEnd(code, signal, complaint)))

  return {
    pid: child.pid,
    send(order) {
      if (channel instanceof Socket && channel.writable) channel.write(frameOf(JSON.stringify(order)))
    },
    rssBytes: () => residentBytes(child.pid),
    kill: () => void child.kill('SIGKILL'),
    gone,
  }
}

/** Windows starts nothing without its own folder; anything else of the environment is nobody's business. */
function leastEnvironment(): Record<string, string> {
  const root = process.env['SystemRoot']
  return process.platform === 'win32' && root !== undefined ? { SystemRoot: root } : {}
}

function residentBytes(pid: number | undefined): number | undefined {
  if (process.platform !== 'linux' || pid === undefined) return undefined
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageBytes
  } catch {
    return undefined
  }
}
