import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { countTokens } from 'gpt-tokenizer'
import { defaultAnswerTokens } from '../contract/tools.ts'
import { toolList } from '../daemon/mcp/tool-list.ts'
import { startBenchDaemon, withHome } from './daemon.ts'
import { usageOf } from './processes.ts'
import { remember } from './remember.ts'
import { quantile, round, spread } from './report.ts'

const rounds = 20

/** Measures what agents are told of the tools, and how soon `aios mcp` answers when the daemon is warm. */
export async function* benchMcp(repository: string): AsyncGenerator<object> {
  const listed = toolList({ mayCall: () => true })
  yield {
    figure: 'schemas of all tools together',
    tools: listed.length,
    tokens: count(JSON.stringify(listed)),
    target: 2500,
  }
  yield* await withHome(async (home) => {
    const daemon = await startBenchDaemon(home)
    try {
      await remember(daemon, repository)
      const sessions: Session[] = []
      const bareMs: number[] = []
      // The first is cold for everybody: files, compiled code, the daemon's tokenizer.
      for (let turn = 0; turn <= rounds; turn += 1) {
        const bare = await bareNode()
        const session = await sessionIn(repository, daemon.environment)
        if (turn === 0) continue
        bareMs.push(bare)
        sessions.push(session)
      }
      return [{ figure: 'a node that does nothing, beside each', ms: spread(bareMs) }, ...rowsOf(sessions)]
    } finally {
      await daemon.stop()
    }
  })
}

interface Session {
  /** From the start of the process. */
  readonly greetedMs: number
  readonly answeredMs: number
  readonly secondMs: number
  readonly tokens: number
  readonly cpuSeconds: number
  readonly rssBytes: number
}

function rowsOf(sessions: readonly Session[]): object[] {
  return [
    { figure: 'started to greeted', ms: spread(sessions.map(({ greetedMs }) => greetedMs)) },
    {
      figure: 'started to the first answer of recall',
      ms: spread(sessions.map(({ answeredMs }) => answeredMs)),
      target: 400,
    },
    { figure: 'second answer', ms: spread(sessions.map(({ secondMs }) => secondMs)) },
    {
      figure: 'the process of a session',
      cpuSeconds: quantile(
        sessions.map(({ cpuSeconds }) => cpuSeconds),
        0.5,
      ),
      rssMb: round(Math.max(...sessions.map(({ rssBytes }) => rssBytes)) / 2 ** 20),
    },
    {
      figure: 'tokens of an answer, text and data',
      most: Math.max(...sessions.map(({ tokens }) => tokens)),
      target: defaultAnswerTokens,
    },
  ]
}

/** Returns how long a node takes that does nothing: on a busy machine, what the other times are to be read by. */
async function bareNode(): Promise<number> {
  const began = performance.now()
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit')
  return performance.now() - began
}

type Server = ChildProcessByStdio<Writable, Readable, null>

/** Runs one session as an agent would: greeted, asked twice, ended. */
async function sessionIn(repository: string, environment: NodeJS.ProcessEnv): Promise<Session> {
  const program = join(import.meta.dirname, '..', 'bin', 'aios.js')
  const began = performance.now()
  const child: Server = spawn(process.execPath, [program, 'mcp'], {
    cwd: repository,
    env: environment,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ask = askerOf(child)
  const clientInfo = { name: 'bench', version: '1' }
  await ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo })
  const greetedMs = performance.now() - began
  const call = { name: 'recall', arguments: { question: 'why was this changed back' } }
  const answer = await ask('tools/call', call)
  const answeredMs = performance.now() - began
  const again = performance.now()
  await ask('tools/call', call)
  const secondMs = performance.now() - again
  const { cpuSeconds, rssBytes } = usageOf(child.pid ?? 0)
  child.stdin.end()
  await once(child, 'exit')
  return { greetedMs, answeredMs, secondMs, tokens: tokensOf(answer), cpuSeconds, rssBytes }
}

/** Returns what sends a request and waits for its answer; one at a time. */
function askerOf({ stdin, stdout }: Server): (method: string, params: object) => Promise<object> {
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  let id = 0
  return async (method, params) => {
    stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params })}\n`)
    const line: unknown = (await lines.next()).value
    const message: unknown = JSON.parse(String(line))
    const isAnswer = typeof message === 'object' && message !== null && 'result' in message
    if (!isAnswer || typeof message.result !== 'object' || message.result === null) {
      throw new Error(`${method} was answered with ${String(line)}`)
    }
    return message.result
  }
}

function tokensOf(answer: object): number {
  const text =
    'content' in answer && Array.isArray(answer.content) ? answer.content.map(textOf).join('\n') : ''
  const data = 'structuredContent' in answer ? JSON.stringify(answer.structuredContent) : ''
  return count(text) + count(data)
}

function textOf(part: unknown): string {
  return typeof part === 'object' && part !== null && 'text' in part ? String(part.text) : ''
}

function count(text: string): number {
  return countTokens(text, { disallowedSpecial: new Set() })
}
