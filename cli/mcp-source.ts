import { AiosError } from '../contract/errors.ts'
import { toolRoutes } from '../contract/tool-routes.ts'
import { tools } from '../contract/tools.ts'
import { refusal } from '../daemon/mcp/refusal.ts'
import type { McpSource } from '../daemon/mcp/server.ts'
import type { Client } from './client.ts'
import { connect, type Reach } from './connect.ts'

/** What an agent's calls are answered with. */
export interface McpGround {
  readonly reach: Reach
  /** The repository that is meant when neither the call nor the client names one. */
  readonly directory: string
  readonly version: string
}

/** Returns what answers an agent: the daemon, found anew for each call, since sessions outlive daemons. */
export function mcpSource({ reach, directory, version }: McpGround): McpSource {
  return {
    version,
    mayCall: () => true,

    async call(name, given, about, signal) {
      const ask = async (): ReturnType<McpSource['call']> => {
        const onStart = () => about.progress('Starting the aios daemon.')
        return withClient({ ...reach, onStart }, signal, async (client) => {
          about.progress(`Asking ${name}.`)
          const place =
            given?.['repository'] === undefined ? await placeOf(about.roots, directory) : directory
          return client.call(toolRoutes.callTool, { tool: name, arguments: { ...given }, directory: place })
        })
      }
      try {
        return await (tools[name].role === 'reader' ? twice(ask, signal) : ask())
      } catch (error) {
        if (!(error instanceof AiosError) || signal.aborted) throw error
        return refusal(error)
      }
    },

    episode: (oid, signal) =>
      twice(
        () =>
          withClient(
            reach,
            signal,
            async (client) => (await client.call(toolRoutes.episodeText, { oid })).text,
          ),
        signal,
      ),
  }
}

async function withClient<T>(
  reach: Reach,
  signal: AbortSignal,
  act: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connect(reach, signal)
  try {
    return await act(client)
  } finally {
    client.close()
  }
}

/** Asks again, once, when the daemon went away under the question; a note must not be kept twice that way. */
async function twice<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    const isLost =
      error instanceof AiosError && (error.code === 'daemon.unreachable' || error.code === 'daemon.stopping')
    if (!isLost || signal.aborted) throw error
    return ask()
  }
}

/** Editors start servers anywhere, and say which folders are open: the one we stand in, else the first. */
async function placeOf(roots: () => Promise<string[]>, directory: string): Promise<string> {
  const open = await roots()
  const around = open.find((root) => directory === root || directory.startsWith(`${root}/`))
  return around === undefined ? (open[0] ?? directory) : directory
}
