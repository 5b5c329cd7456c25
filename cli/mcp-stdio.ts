import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { createMcpServer } from '../daemon/mcp/server.ts'
import { mcpSource, type McpGround } from './mcp-source.ts'

/**
 * Speaks MCP on standard input and output until the input ends.
 *
 * Nothing else may be written to the output: every line of it is read as a message of the protocol.
 */
export async function serveMcp(
  ground: McpGround,
  onError: (error: Error) => void,
  signal: AbortSignal,
): Promise<void> {
  const source = mcpSource(ground)
  const ended = endOf(process.stdin, signal)
  const connection = serveStdio(() => createMcpServer(source), { onerror: onError })
  await ended
  await connection.close()
  signal.throwIfAborted()
}

function endOf(input: NodeJS.ReadStream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    input.once('end', resolve)
    input.once('close', resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
