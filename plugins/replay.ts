import { AiosError } from '../contract/errors.ts'
import { isHookName } from '../contract/hooks.ts'
import type { PluginCall } from '../contract/plugin.ts'
import type { ReplayReport } from '../contract/plugin-answers.ts'
import type { PluginRecords } from './port.ts'
import type { RosterEntry } from './roster.ts'
import { answersAsRecorded, runPlugin } from './run.ts'
import { sandboxed } from './sandboxed.ts'
import type { Instance } from './instance.ts'
import type { Sandbox } from './sandbox.ts'

const deadlineMs = 10_000

/**
 * Runs a recorded call again, with the same event, clock, chance, settings and answers of the host.
 *
 * The same bytes of a plugin come to the same result; of others, the difference is what was asked for.
 */
export async function replayCall(
  id: string,
  roster: readonly RosterEntry[],
  { sandbox, records }: { readonly sandbox: Sandbox; readonly records: PluginRecords },
  signal: AbortSignal,
): Promise<ReplayReport> {
  const recorded = records.call(id)
  if (recorded === undefined) throw new AiosError('plugin.call-unknown', `No call ${id} is recorded.`)
  if (!recorded.isWhole)
    throw new AiosError(
      'plugin.call-unknown',
      `Of the call ${id} too much was said for all of it to be kept.`,
    )
  const instance = instanceFor(recorded, roster)
  await sandbox.load(sandboxed(instance), signal)
  try {
    const after = await callAgain(recorded, instance, sandbox, signal)
    return {
      id,
      plugin: recorded.plugin,
      hook: recorded.hook,
      isSameVersion: instance.folder.hash === recorded.hash,
      isSame: textOf(after) === textOf(recorded),
      before: textOf(recorded),
      after: textOf(after),
    }
  } finally {
    await sandbox.unload(instance.key)
  }
}

/** Only what may run is run, even for a second time. */
function instanceFor({ plugin, repository, config }: PluginCall, roster: readonly RosterEntry[]): Instance {
  const instances = roster.flatMap(({ found, instances: own }) => (found.id === plugin ? own : []))
  const instance =
    instances.find(({ scope }) => scope === repository) ?? instances.find(({ scope }) => scope === '')
  if (instance === undefined) throw new AiosError('plugin.unapproved', `${plugin} may not run now.`)
  return { ...instance, key: `replay ${instance.key}`, group: 'replay', config }
}

async function callAgain(
  { id, hook, handler, event, time, repository, hostCalls }: PluginCall,
  instance: Instance,
  sandbox: Sandbox,
  signal: AbortSignal,
): Promise<PluginCall> {
  if (!isHookName(hook)) throw new AiosError('plugin.call-unknown', `There is no hook ${hook} any more.`)
  const host = answersAsRecorded(hostCalls)
  const transcript = () => ({ hostCalls, isWhole: true })
  const again = { id, instance, hook, handler, event, time, repository, deadlineMs, host, transcript }
  return (await runPlugin(sandbox, again, signal)).call
}

function textOf({ status, result, message }: PluginCall): string {
  return status === 'ok' ? result : `${status}: ${message}`
}
