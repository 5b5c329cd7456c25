import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AiosError } from '../contract/errors.ts'
import { hookRoutes } from '../contract/hook-routes.ts'
import { repositoryRoutes } from '../contract/repository-routes.ts'
import type { RepositoryStatus } from '../contract/status.ts'
import { agents } from './agents/agents.ts'
import { disconnectBy, disconnecting, look, undo } from './agents/change.ts'
import type { Connections } from './agents/connections.ts'
import { groundOf } from './agents/ground.ts'
import type { Client } from './client.ts'
import type { Context } from './command.ts'
import { stopDaemon } from './connect.ts'
import { findDaemon } from './discover.ts'
import { ownFolders, removeOwn } from './own-files.ts'
import { removeServiceFile, runCommands, serviceFile, serviceManager } from './service/manager.ts'

/** One thing that is taken away. */
export interface Step {
  /** What and where, in words. */
  readonly what: string
  /** Returns what could not be done, in words; undefined when it was. */
  act(): Promise<string | undefined>
}

/** Everything that taking aios away would do, in order; nothing is done yet. */
export async function uninstallPlan(context: Context, keepData: boolean): Promise<Step[]> {
  return [
    ...(await hookSteps(context)),
    ...agentSteps(context),
    ...serviceSteps(context),
    stopStep(context),
    ...fileSteps(context, keepData),
  ]
}

/** Hooks are taken out by the daemon, which knows the repositories; it is started for that if it must be. */
async function hookSteps(context: Context): Promise<Step[]> {
  const { folders } = context
  if (!existsSync(join(folders.state, 'journal.sqlite'))) return []
  const client = await context.connect()
  const { items } = await client.call(repositoryRoutes.repositories, {})
  const steps = await Promise.all(items.map((one) => hookStep(one, client)))
  return steps.flat()
}

async function hookStep({ id, path, state }: RepositoryStatus, client: Client): Promise<Step[]> {
  const named = { repository: id }
  if (state === 'missing')
    return [
      {
        what: `hooks of aios in ${path}`,
        act: async () => `${path} is gone; its hooks, if any, went with it.`,
      },
    ]
  const found = await client.call(hookRoutes.hooksStatus, named).catch(reasonOf)
  if (typeof found === 'string') return [{ what: `hooks of aios in ${path}`, act: async () => found }]
  if (found.hooks.every((hook) => hook.state === 'absent')) return []
  return [
    {
      what: `hooks of aios in ${path}`,
      act: () =>
        client
          .call(hookRoutes.uninstallHooks, named)
          .then(({ remarks }) => remarks.join(' ') || undefined, reasonOf),
    },
  ]
}

/** Agents that start this aios would else go on trying to. */
function agentSteps(context: Context): Step[] {
  const { place, parts } = groundOf(context)
  const own = agents.flatMap((agent): Step[] => {
    const looked = lookAt(() => look(agent, 'user', place, parts))
    if (typeof looked === 'string')
      return [{ what: `the settings of ${agent.name}`, act: async () => looked }]
    if (looked.standing !== 'connected' && looked.standing !== 'outdated') return []
    return [
      {
        what: `aios in the settings of ${agent.name}: ${looked.file.path}`,
        async act() {
          const change = lookAt(() => disconnecting(looked, parts.connections))
          if (typeof change === 'string') return change
          if (change !== undefined) disconnectBy(change, parts.connections)
          return undefined
        },
      },
    ]
  })
  return [
    ...own,
    ...projectSteps(
      agents.flatMap((agent) => agent.files('user', place)),
      parts.connections,
    ),
  ]
}

/** Projects that were connected, wherever they lie: what was done there is written down. */
function projectSteps(others: readonly string[], connections: Connections): Step[] {
  const inProjects = connections.all().filter(({ path }) => !others.includes(path) && existsSync(path))
  return inProjects.map((connection) => ({
    what: `aios in the settings of a project: ${connection.path}`,
    async act() {
      const isUndone = lookAt(() => undo(connection, connections))
      if (typeof isUndone === 'string') return isUndone
      return isUndone ? undefined : 'It was changed since; take the entry `aios` out by hand.'
    },
  }))
}

function lookAt<T>(look: () => T): T | string {
  try {
    return look()
  } catch (error) {
    return reasonOf(error)
  }
}

function serviceSteps({ environment, folders, signal }: Context): Step[] {
  const manager = managerIfAny(() => serviceManager(environment, folders))
  if (manager === undefined || !['current', 'outdated'].includes(serviceFile(manager))) return []
  return [
    {
      what: `the service ${manager.file}`,
      async act() {
        const stopped = await runCommands(manager.stop, environment, signal)
        removeServiceFile(manager)
        const forgotten = await runCommands(manager.forget, environment, signal)
        return stopped ?? forgotten
      },
    },
  ]
}

function stopStep({ folders, signal }: Context): Step {
  return {
    what: 'the daemon, if it runs',
    async act() {
      const running = await findDaemon(folders, signal)
      if (running !== undefined) await stopDaemon(running, folders, 'aios is uninstalled', signal)
      return undefined
    },
  }
}

/** The runtime folder holds nothing that anybody wants to keep. */
function fileSteps({ folders }: Context, keepData: boolean): Step[] {
  const [first, ...rest] = ownFolders(folders)
  const kept = keepData ? [first].filter((folder) => folder?.path === folders.runtime) : [first, ...rest]
  return kept.flatMap((folder): Step[] => {
    if (folder === undefined) return []
    const { path, own, aside, others } = folder
    const what = [
      `${path}: ${own.length === 0 ? 'nothing' : own.join(', ')}`,
      ...(aside.length === 0 ? [] : [`${aside.join(', ')} stays, put aside by a restore: yours to delete`]),
      ...(others.length === 0 ? [] : [`${others.join(', ')} stays, which is not of aios`]),
    ].join('; ')
    return [
      {
        what,
        async act() {
          // Looked at anew: a daemon that ends takes some of it away itself, and leaves other things.
          const now = ownFolders(folders).find((one) => one.path === path)
          if (now !== undefined) removeOwn(now)
          return undefined
        },
      },
    ]
  })
}

function managerIfAny<T>(find: () => T): T | undefined {
  try {
    return find()
  } catch (error) {
    if (error instanceof AiosError && error.code === 'service.unsupported') return undefined
    throw error
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof AiosError)) throw error
  return `${error.message} ${error.kind.hint}`
}
