import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { daemonRoutes } from '../contract/daemon-routes.ts'
import { AiosError } from '../contract/errors.ts'
import { protocol } from '../contract/service.ts'
import type { StateFolders } from '../contract/state.ts'
import { createClient, type Client } from './client.ts'
import { findDaemon, type Found } from './discover.ts'

/** What it takes to reach a daemon. */
export interface Reach {
  readonly folders: StateFolders
  readonly environment: NodeJS.ProcessEnv
  /** The daemon's program, when it is not the one beside this command. */
  readonly program?: string
  /** Whether a daemon is started when none runs. */
  readonly mayStart: boolean
  readonly warn: (message: string) => void
  /** Hears that a daemon is being started, which takes a moment. */
  readonly onStart?: () => void
}

/** Returns a client for the daemon that runs, or for one that is started now. */
export async function connect(reach: Reach, signal: AbortSignal): Promise<Client> {
  const running = await findDaemon(reach.folders, signal)
  const found = running === undefined ? await start(reach, signal) : await fit(running, reach, signal)
  return createClient(found.service.socket, signal)
}

async function start(reach: Reach, signal: AbortSignal): Promise<Found> {
  if (!reach.mayStart) throw new AiosError('daemon.unreachable', 'The aios daemon is not running.')
  reach.onStart?.()
  const { startDaemon } = await import('./start.ts')
  return startDaemon(reach, signal)
}

/** Replaces an older daemon, and lives with a newer one. */
async function fit(found: Found, reach: Reach, signal: AbortSignal): Promise<Found> {
  const { service } = found
  if (service.protocol === protocol) return found
  if (service.protocol > protocol) {
    reach.warn(
      `The daemon is newer (${service.version}) than this aios; some answers may be missing. Update aios.`,
    )
    return found
  }
  if (!reach.mayStart) {
    throw new AiosError('daemon.version', `The daemon is older (${service.version}) than this aios.`)
  }
  await stopDaemon(found, reach.folders, 'replaced by a newer aios', signal)
  return start(reach, signal)
}

/** Asks the daemon to finish what it does, and waits until it is gone. */
export async function stopDaemon(
  { service }: Found,
  folders: StateFolders,
  reason: string,
  signal: AbortSignal,
  deadlineMs = 30_000,
): Promise<void> {
  const client = createClient(service.socket, signal)
  try {
    await client.call(daemonRoutes.stop, { reason })
  } catch (error) {
    const isGoing = error instanceof AiosError && error.code === 'daemon.stopping'
    if (!isGoing) throw error
  } finally {
    client.close()
  }
  const deadline = performance.now() + deadlineMs
  while (isAlive(service.pid)) {
    if (performance.now() > deadline) {
      throw new AiosError('daemon.busy', `The daemon (process ${service.pid}) is taking long to stop.`)
    }
    await sleep(20, undefined, { signal })
    const still = await findDaemon(folders, signal)
    if (still !== undefined && still.service.id !== service.id) return
  }
}

/** Says whether the process still runs. One that ended but was never waited for, as in containers, does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return process.platform !== 'linux'
  }
}
