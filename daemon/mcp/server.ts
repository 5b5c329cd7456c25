import { fileURLToPath } from 'node:url'
import { ProtocolError, ProtocolErrorCode, ResourceNotFoundError, Server } from '@modelcontextprotocol/server'
import { AiosError } from '../../contract/errors.ts'
import { isToolName, toolInstructions, tools, type ToolAnswer, type ToolName } from '../../contract/tools.ts'
import { toolList } from './tool-list.ts'

/** What an MCP server answers from: in the daemon its tools, in `aios mcp` the daemon. */
export interface McpSource {
  readonly version: string
  /** Says whether the caller may call a tool; one that may not is not offered it. */
  mayCall(name: ToolName): boolean
  call(name: ToolName, given: Arguments | undefined, about: About, signal: AbortSignal): Promise<ToolAnswer>
  /** Returns a whole commit as Markdown. */
  episode(oid: string, signal: AbortSignal): Promise<string>
}

/** Arguments that nobody has looked at yet. */
type Arguments = Readonly<Record<string, unknown>>

/** What a call may want of its client. */
export interface About {
  /** Tells a client that asked for it how far the call is. */
  progress(message: string): void
  /** Returns the folders that are open in the client; none when it does not tell. */
  roots(): Promise<string[]>
}

const template = 'aios://episode/{oid}'

/**
 * Creates a server for one connection, or for one request over HTTP; it speaks the revision that it is bound to.
 *
 * The low-level server of the SDK, because the schemas are those of the contract: there is nothing to derive.
 */
export function createMcpServer(source: McpSource): Server {
  const server = new Server(
    { name: 'aios', title: 'aios, the memory of a repository', version: source.version },
    { capabilities: { tools: {}, resources: {} }, instructions: toolInstructions },
  )
  server.setRequestHandler('tools/list', async () => ({ tools: toolList(source) }))
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
    const { name, arguments: given } = params
    if (!isToolName(name)) throw unknownTool(name)
    const token = mcpReq._meta?.progressToken
    let step = 0
    const progress = (message: string): void => {
      if (token === undefined) return
      const update = { progressToken: token, progress: ++step, message }
      // A client that is gone hears nothing; its call ends with its connection.
      mcpReq.notify({ method: 'notifications/progress', params: update }).catch(() => {})
    }
    const about = { progress, roots: () => rootsOf(server) }
    const { text, data, isError } = await source.call(name, given, about, mcpReq.signal)
    return { content: [{ type: 'text', text }], structuredContent: data, isError }
  })
  server.setRequestHandler('resources/list', async () => ({ resources: [] }))
  server.setRequestHandler('resources/templates/list', async () => ({ resourceTemplates: [episodeTemplate] }))
  server.setRequestHandler('resources/read', async ({ params: { uri } }, { mcpReq }) => ({
    contents: [{ uri, mimeType: 'text/markdown', text: await read(uri, source, mcpReq.signal) }],
  }))
  return server
}

const episodeTemplate = {
  uriTemplate: template,
  name: 'episode',
  title: 'A remembered commit',
  description:
    'A whole commit: message, files, and what it fixes, follows or reverts. `oid` may be abbreviated.',
  mimeType: 'text/markdown',
}

/** Clients of the revision before this tell on request; those of this one start us where they are. */
async function rootsOf(server: Server): Promise<string[]> {
  if (server.getClientCapabilities()?.roots === undefined) return []
  try {
    const { roots } = await server.listRoots({}, { timeout: 2000 })
    return roots.flatMap(({ uri }) => (uri.startsWith('file://') ? [fileURLToPath(uri)] : []))
  } catch {
    return []
  }
}

async function read(uri: string, source: McpSource, signal: AbortSignal): Promise<string> {
  const oid = /^aios:\/\/episode\/([0-9a-f]{4,64})$/.exec(uri)?.[1]
  if (oid === undefined) throw new ResourceNotFoundError(uri, `Resources are named ${template}.`)
  try {
    return await source.episode(oid, signal)
  } catch (error) {
    if (!(error instanceof AiosError)) throw error
    if (error.kind.status === 404) throw new ResourceNotFoundError(uri, error.message)
    throw new ProtocolError(ProtocolErrorCode.InternalError, `${error.message} ${error.kind.hint}`)
  }
}

function unknownTool(name: string): ProtocolError {
  const known = Object.keys(tools).join(', ')
  return new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `There is no tool ${JSON.stringify(name.slice(0, 100))}; there are ${known}.`,
  )
}
