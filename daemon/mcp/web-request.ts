import type { IncomingMessage, ServerResponse } from 'node:http'
import { once } from 'node:events'

/** Returns what arrived over HTTP as the SDK reads it. The body was parsed already. */
export function webRequest(request: IncomingMessage, body: unknown, signal: AbortSignal): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    // These describe bytes that were read and unpacked already.
    if (value === undefined || described.has(name)) continue
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one)
  }
  const method = request.method ?? 'POST'
  const text = method === 'POST' ? { body: JSON.stringify(body ?? null) } : {}
  // Whose name the host is has been looked at before; the SDK needs an address, and asks nothing of it.
  return new Request(new URL(request.url ?? '/mcp', 'http://localhost'), { method, headers, signal, ...text })
}

const described = new Set(['content-length', 'content-encoding', 'transfer-encoding', 'connection', 'host'])

/** Writes the answer, no faster than its reader reads. */
export async function writeResponse(
  answer: Response,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  if (answer.body === null) return void response.end()
  try {
    for await (const piece of answer.body) {
      if (signal.aborted) break
      if (!response.write(piece)) await once(response, 'drain', { signal })
    }
  } catch (error) {
    // A reader that went away has ended its call; anything else is for the caller to log.
    if (!signal.aborted) throw error
  } finally {
    response.end()
  }
}
