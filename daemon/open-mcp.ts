import type { Logger } from 'pino'
import type { Answers } from '../contract/route.ts'
import type { routes } from '../contract/routes.ts'
import type { Mount } from './http/mount.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { McpDoor } from './mcp/door.ts'
import { createTools } from './mcp/tools.ts'
import { loadTokenCounter } from './memory/tokens.ts'
import { version } from './version.ts'

/** What MCP over HTTP is opened with. */
export interface McpParts {
  readonly answers: Answers<typeof routes>
  readonly lifecycle: Lifecycle
  readonly logger: Logger
}

/** Returns what answers `POST /mcp` on every door. The protocol is loaded when the first agent comes. */
export function mcpMount({ answers, lifecycle, logger }: McpParts): Mount {
  let door: Promise<McpDoor> | undefined
  const open = async (): Promise<McpDoor> => {
    const { createMcpDoor } = await import('./mcp/door.ts')
    return createMcpDoor({
      tools: createTools({ answers: () => answers, countTokens: loadTokenCounter }),
      version: version(),
      // The client has been told; what it did wrong is not for the one who runs the daemon to mend.
      onError: (error) => logger.debug({ err: error }, 'an MCP request was refused'),
    })
  }
  lifecycle.onClose('mcp', async () => (await door)?.close())
  return {
    method: 'POST',
    path: '/mcp',
    role: 'reader',
    cost: 'search',
    answer: {
      take: async (request, response, body, caller) => {
        door ??= open()
        await (await door).handle(request, response, body, caller)
      },
    },
  }
}
