import { availableParallelism } from 'node:os'
import { AiosError } from '../contract/errors.ts'
import type { PluginSource } from './host/messages.ts'
import { judge } from './sandbox-judge.ts'
import { createChildKeeper } from './sandbox-keeper.ts'
import { createJob, type Job } from './sandbox-job.ts'
import { createJobQueue } from './sandbox-queue.ts'
import { createRunner } from './sandbox-runner.ts'
import type { SandboxCall, SandboxedPlugin, SandboxParts, SandboxResult } from './sandbox.ts'

/** The plugins of a trust group, and their process. */
export interface SandboxGroup {
  load(plugin: SandboxedPlugin, signal: AbortSignal): Promise<void>
  remove(plugin: string): Promise<void>
  call(request: SandboxCall, signal: AbortSignal): Promise<SandboxResult>
  pid(): number | undefined
  close(): Promise<void>
}

// The library runs isolates on this many threads; a call beyond would wait for one while its time runs.
const mostAtOnce = availableParallelism() + 1

/** Creates a group without a process. */
export function createSandboxGroup(name: string, parts: SandboxParts): SandboxGroup {
  const sources = new Map<string, PluginSource>()
  const queue = createJobQueue(mostAtOnce)
  let lastId = 0

  const keeper = createChildKeeper({
    entry: parts.entry,
    isBusy: () => !queue.isIdle(),
    rssLimitBytes: () => limitOf(parts.processBytes ?? 192 * 2 ** 20, sources),
    onReady: () => pump(),
    onReport: (report) => runner.receive(report),
    onLost(cause, reason) {
      parts.onLost?.(name, reason)
      queue.lost((victims) => judge(victims, cause, reason))
      pump()
      if (sources.size > 0) keeper.start()
    },
    onUnavailable: (reason) => queue.abandon(unavailable(reason)),
  })

  const pump = () => {
    queue.startThose(({ work }) => work === 'unload' || keeper.isReady(), runner.start)
    if (queue.isWaiting()) keeper.start()
    keeper.watch()
  }
  const runner = createRunner({ ...parts, sources, queue, keeper, onFinished: pump })

  const enqueue = (plugin: string, work: Job['work'], signal?: AbortSignal): Promise<SandboxResult> => {
    const job = createJob((lastId += 1), plugin, work)
    const onAbort = () => {
      job.abandon(reasonOf(signal))
      queue.withdraw(job)
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    queue.add(job)
    pump()
    return job.result.finally(() => signal?.removeEventListener('abort', onAbort))
  }

  return {
    async load(plugin, signal) {
      const { id, files, entries, memoryMb, config } = plugin
      sources.set(id, { id, files, entries, memoryMb, config })
      const result = await enqueue(id, 'load', signal)
      if (result.status === 'ok') return
      await enqueue(id, 'unload')
      throw new AiosError('plugin.unloadable', `The plugin ${id} cannot be loaded. ${result.message}`)
    },
    async remove(plugin) {
      await enqueue(plugin, 'unload')
    },
    call: (request, signal) => enqueue(request.plugin, request, signal),
    pid: () => keeper.pid(),
    async close() {
      queue.abandon(unavailable('The sandbox was closed.'))
      await keeper.close()
    },
  }
}

function limitOf(processBytes: number, sources: ReadonlyMap<string, PluginSource>): number {
  return [...sources.values()].reduce((sum, { memoryMb }) => sum + memoryMb * 2 ** 20, processBytes)
}

function unavailable(reason: string): AiosError {
  return new AiosError('plugin.sandbox-unavailable', `Plugins cannot run: ${reason}`)
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new Error('The call was abandoned.', { cause: reason })
}
