import type { PluginSource, Report } from './host/messages.ts'
import type { Job } from './sandbox-job.ts'
import type { ChildKeeper } from './sandbox-keeper.ts'
import type { JobQueue } from './sandbox-queue.ts'
import type { SandboxCall, SandboxParts } from './sandbox.ts'

/** Does jobs with the process of a group. */
interface Runner {
  start(job: Job): void
  /** Takes what the process says, and believes only what fits a job that runs. */
  receive(report: Report): void
}

interface RunnerParts extends Pick<SandboxParts, 'loadMs' | 'graceMs'> {
  readonly sources: Map<string, PluginSource>
  readonly queue: JobQueue
  readonly keeper: ChildKeeper
  readonly onFinished: () => void
}

/** Creates what does the jobs. */
export function createRunner(parts: RunnerParts): Runner {
  const { queue, keeper } = parts
  const finish = (job: Job) => {
    job.rest()
    queue.done(job)
    parts.onFinished()
  }
  const starter = createStarter(parts, finish)

  const receiveLoaded = (report: Extract<Report, { readonly plugin: string }>) => {
    const job = queue.running().find(({ plugin }) => plugin === report.plugin)
    if (job === undefined || job.isSettled() || keeper.has(report.plugin)) return
    job.rest()
    if (report.kind === 'refused') return starter.refuse(job, report.reason)
    keeper.add(report.plugin)
    if (typeof job.work !== 'string') return starter.beginCall(job, job.work)
    job.succeed('')
    finish(job)
  }

  const receiveOf = (job: Job, report: Extract<Report, { readonly id: number }>) => {
    if (report.kind === 'host')
      return job.answer(report, (reply) =>
        keeper.send({ kind: 'reply', id: job.id, plugin: job.plugin, reply }),
      )
    if (report.kind === 'dropped') return job.isSettled() ? finish(job) : undefined
    job.cpuMs = Math.max(job.cpuMs, report.cpuMs)
    if (report.kind === 'pulse') return undefined
    if (report.kind === 'done') job.succeed(report.result)
    if (report.kind === 'failed') job.fail(report.status, report.message, true)
    finish(job)
    // An isolate that has burst may have left anything behind.
    if (report.kind === 'failed' && report.status === 'memory') keeper.kill('known')
    return undefined
  }

  return {
    start: starter.start,
    receive(report) {
      if (report.kind === 'loaded' || report.kind === 'refused') return receiveLoaded(report)
      if (!('id' in report)) return undefined
      const job = queue.find(report.id)
      return job === undefined || typeof job.work === 'string' ? undefined : receiveOf(job, report)
    },
  }
}

function createStarter(parts: RunnerParts, finish: (job: Job) => void) {
  const { sources, queue, keeper, loadMs = 2_000, graceMs = 100 } = parts

  const refuse = (job: Job, reason: string) => {
    job.fail('invalid', reason, true)
    finish(job)
  }

  const forget = (job: Job) => {
    sources.delete(job.plugin)
    keeper.forget(job.plugin)
    if (sources.size === 0) keeper.retire()
    job.succeed('')
    finish(job)
  }

  const load = (job: Job, plugin: PluginSource) => {
    keeper.forget(plugin.id)
    job.begin(loadMs, () => {
      job.fail('timeout', `The plugin ${plugin.id} did not load within ${loadMs} ms.`, true)
      keeper.kill('deadline')
    })
    keeper.send({ kind: 'load', plugin })
  }

  const beginCall = (job: Job, call: SandboxCall) => {
    const { handler, event, time, seed, deadlineMs } = call
    const hook = call.hook ?? firstHookOf(sources.get(job.plugin), handler)
    job.begin(deadlineMs, () => overdue(job, deadlineMs))
    keeper.send({ kind: 'call', id: job.id, plugin: job.plugin, call: { handler, hook, event, time, seed } })
  }

  const overdue = (job: Job, deadlineMs: number) => {
    const others = queue.running().filter((other) => other !== job && other.share() >= 0.5)
    const isStarved = job.share() < 0.25 && others.length > 0
    const names = others.map(({ plugin }) => plugin).join(', ')
    const whose = isStarved ? `, while ${names} had the processor` : ''
    job.fail('timeout', `It took longer than ${deadlineMs} ms${whose}.`, !isStarved)
    job.rest()
    // Who only waits is forgotten, and harms nobody; whoever still runs when this has had its time is killed.
    keeper.send({ kind: 'drop', id: job.id, plugin: job.plugin })
    setTimeout(() => queue.find(job.id) === job && keeper.kill('deadline'), graceMs)
  }

  return {
    refuse,
    beginCall,
    start(job: Job) {
      if (job.work === 'unload') return forget(job)
      const plugin = sources.get(job.plugin)
      if (plugin === undefined) return refuse(job, `The plugin ${job.plugin} is not loaded.`)
      if (job.work === 'load' || !keeper.has(job.plugin)) return load(job, plugin)
      return beginCall(job, job.work)
    },
  }
}

function firstHookOf(plugin: PluginSource | undefined, handler: string): string {
  const entry = Object.entries(plugin?.entries ?? {}).find(([, file]) => file === handler)
  return entry?.[0] ?? ''
}
