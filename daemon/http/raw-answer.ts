import { http } from '../../contract/node-http.ts'
import type { Duplex } from 'node:stream'
import type { ProblemDocument } from '../../contract/service.ts'

/** Writes a problem to a connection on which nothing else is going to be answered, and ends it. */
export function answerRaw(
  connection: Duplex,
  problem: ProblemDocument,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${http.STATUS_CODES[problem.status] ?? 'Error'}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  connection.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  // Who never closes their end would keep ours open.
  setTimeout(() => connection.destroy(), lingerMs).unref()
}

const lingerMs = 1000
