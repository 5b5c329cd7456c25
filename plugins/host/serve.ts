import { type Hosted, type HostedParts, openHosted } from './hosted.ts'
import type { Order, PluginSource } from './messages.ts'

/** How long a call runs before the process begins to say how it is getting on, and how often it says so. */
const pulseMs = 20

/** What the process of a trust group is made of. */
interface HostParts extends HostedParts {
  readonly collectGarbage: () => void
}

// V8 sees the small handle of an isolate that was closed, not what it holds: left alone it is in no hurry.
const unloadsToCollect = 250

/**
 * Creates what answers the daemon's orders in the process of a trust group.
 *
 * No plugin code ever runs on the thread that calls this: it stays free to hear the daemon, and to notice that
 * the daemon is gone.
 */
export function createHost(parts: HostParts): (order: Order) => void {
  const plugins = new Map<string, Hosted>()
  let pulse: NodeJS.Timeout | undefined
  let unloads = 0

  const load = async (plugin: PluginSource) => {
    unload(plugin.id)
    try {
      plugins.set(plugin.id, await openHosted(plugin, parts))
      parts.report({ kind: 'loaded', plugin: plugin.id })
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'It threw what is not an error.'
      parts.report({ kind: 'refused', plugin: plugin.id, reason })
    }
  }

  const unload = (id: string) => {
    plugins.get(id)?.close()
    if (plugins.delete(id) && (unloads += 1) % unloadsToCollect === 0) parts.collectGarbage()
  }

  const beat = () => {
    const running = [...plugins.values()].flatMap((hosted) => hosted.running() ?? [])
    const rssBytes = process.memoryUsage.rss()
    for (const { id, cpuMs } of running) parts.report({ kind: 'pulse', id, cpuMs, rssBytes })
    if (running.length > 0) return
    clearInterval(pulse)
    pulse = undefined
  }

  return (order) => {
    if (order.kind === 'load') return void load(order.plugin)
    if (order.kind === 'unload') return unload(order.plugin)
    const hosted = plugins.get(order.plugin)
    if (order.kind === 'reply') return hosted?.reply(order.id, order.reply)
    if (order.kind === 'drop') {
      if (hosted?.drop(order.id) !== false) parts.report({ kind: 'dropped', id: order.id })
      return undefined
    }
    pulse ??= setInterval(beat, pulseMs)
    return hosted?.call(order.id, order.call)
  }
}
