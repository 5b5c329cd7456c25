import { request, type IncomingHttpHeaders } from 'node:http'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { routes } from '../../contract/routes.ts'
import type { Answers } from '../../contract/route.ts'
import type { ServerParts } from '../../daemon/http/serve.ts'
import { createServer, type Server } from '../../daemon/http/server.ts'
import { answersWith } from './answers.ts'

/** A server that listens, and where. */
export interface Served {
  readonly server: Server
  readonly socket: string
  /** Lines that it logged. */
  readonly logged: string[]
}

const open: Server[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

/** Serves the stand-in answers, some of them replaced, until the test ends. */
export async function serve(
  some: Partial<Answers<typeof routes>> = {},
  settings: {
    isReady?: () => boolean
    drainMs?: number
    patienceMs?: number
    socket?: string
  } & Pick<ServerParts, 'work' | 'once'> = {},
): Promise<Served> {
  const logged: string[] = []
  let traces = 0
  const server = createServer({
    answers: answersWith(some),
    isReady: settings.isReady ?? (() => true),
    traceId: () => `trace-${++traces}`,
    logger: { level: 'info', stream: { write: (line: string) => void logged.push(line) } },
    checkReplies: true,
    ...(settings.work === undefined ? {} : { work: settings.work }),
    ...(settings.once === undefined ? {} : { once: settings.once }),
    ...(settings.drainMs === undefined ? {} : { drainMs: settings.drainMs }),
    ...(settings.patienceMs === undefined ? {} : { patienceMs: settings.patienceMs }),
  })
  const socket = settings.socket ?? join(mkdtempSync(join(tmpdir(), 'http-')), 'aios.sock')
  open.push(server)
  await server.listen(socket)
  return { server, socket, logged }
}

/** An answer as it came. */
export interface Raw {
  readonly status: number
  readonly type: string
  readonly text: string
  readonly body: Record<string, unknown>
  readonly headers: IncomingHttpHeaders
}

/** Sends a request as anybody might: nothing is checked before it leaves. */
export async function send(
  socketPath: string,
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' },
): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => (text += piece))
      response.on('error', reject)
      response.on('end', () => {
        const type = response.headers['content-type'] ?? ''
        const { statusCode: status = 0, headers: fields } = response
        resolve({ status, type, text, body: parsed(text), headers: fields })
      })
    })
    call.on('error', reject)
    call.end(body)
  })
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
