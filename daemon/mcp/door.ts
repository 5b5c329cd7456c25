import type { IncomingMessage, ServerResponse } from 'node:http'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { may, roles, type Caller, type Role } from '../../contract/caller.ts'
import { tools, type ToolName } from '../../contract/tools.ts'
import { AiosError } from '../../contract/errors.ts'
import { refusal } from './refusal.ts'
import { createMcpServer, type McpSource } from './server.ts'
import type { Tools } from './tools.ts'
import { webRequest, writeResponse } from './web-request.ts'

/** MCP over HTTP: one request, one answer, nothing kept between them. */
export interface McpDoor {
  /** Answers a `POST /mcp` that the guard has let through; its caller may call the tools of its role. */
  handle(request: IncomingMessage, response: ServerResponse, body: unknown, caller: Caller): Promise<void>
  close(): Promise<void>
}

/** What the door is made with. */
export interface McpDoorParts {
  readonly tools: Tools
  readonly version: string
  readonly onError: (error: Error) => void
}

/** Creates the door. It speaks the current revision, and to clients of the one before in theirs. */
export function createMcpDoor(parts: McpDoorParts): McpDoor {
  const handlers = new Map(
    roles.map((role) => [
      role,
      createMcpHandler(() => createMcpServer(sourceFor(role, parts)), { onerror: parts.onError }),
    ]),
  )
  return {
    async handle(request, response, body, { role }) {
      const gone = new AbortController()
      response.once('close', () => gone.abort())
      const answer = Array.isArray(body)
        ? noBatches()
        : await handlers.get(role)?.fetch(webRequest(request, body, gone.signal), { parsedBody: body })
      if (answer !== undefined) await writeResponse(answer, response, gone.signal)
    },
    async close() {
      await Promise.all([...handlers.values()].map((handler) => handler.close()))
    },
  }
}

/** What is asked is counted by the request: hundreds of calls in one would count as one. MCP has given batches up. */
function noBatches(): Response {
  const error = { code: -32600, message: 'Send one message at a time; batches are not answered.' }
  return Response.json({ jsonrpc: '2.0', id: null, error }, { status: 400 })
}

function sourceFor(role: Role, { tools: answering, version }: McpDoorParts): McpSource {
  const mayCall = (name: ToolName) => may({ role }, tools[name].role)
  return {
    version,
    mayCall,
    async call(name, given, _about, signal) {
      if (mayCall(name)) return answering.call(name, { arguments: given, directory: undefined }, signal)
      return refusal(new AiosError('auth.forbidden', `The role ${role} may not call \`${name}\`.`))
    },
    episode: (oid, signal) => answering.episode(oid, undefined, signal),
  }
}
