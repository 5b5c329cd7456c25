import { webSocketPath } from '../contract/web-socket.ts'
import { apiMounts } from './http/api-mounts.ts'
import type { Metrics } from './metrics/metrics.ts'
import { type DoorsParts, openDoors } from './open-doors.ts'
import { mcpMount } from './open-mcp.ts'
import { openWebSockets } from './open-web-sockets.ts'

type ListenerParts = DoorsParts &
  Parameters<typeof openWebSockets>[0] &
  Parameters<typeof mcpMount>[0] & { readonly metrics: Metrics }

/** Opens everything that listens: the routes, the documents, MCP and WebSockets, each behind every door. */
export async function openListeners(parts: ListenerParts): Promise<void> {
  const webSockets = openWebSockets(parts)
  const figures = parts.metrics.read(() => ({ webSockets: webSockets.count() }))
  parts.lifecycle.onClose('figures of web sockets', figures)
  await openDoors({
    ...parts,
    mounts: [...apiMounts(parts.service.version), mcpMount(parts)],
    upgrades: { [webSocketPath]: webSockets.accept },
  })
  // Opened before the doors and closed before them: they cut what is still connected.
  parts.lifecycle.onClose('web sockets', webSockets.close)
}
