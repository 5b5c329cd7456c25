import { lstatSync, readFileSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { daemonRoutes } from '../contract/daemon-routes.ts'
import { AiosError } from '../contract/errors.ts'
import { isReply, type ReplyOf } from '../contract/route.ts'
import { Service } from '../contract/service.ts'
import type { StateFolders } from '../contract/state.ts'
import { type Client, createClient } from './client.ts'

/** A daemon that answered. */
export interface Found {
  readonly service: Service
  readonly isReady: boolean
}

/**
 * Returns the daemon that runs; undefined when none does.
 *
 * What stands in `service.json` may be old, half written or somebody else's: it is believed when the file
 * and the socket's folder are ours alone, and the same daemon answers at that socket. A socket that
 * somebody holds open and does not answer at is no reason to start another daemon: that fails as busy.
 */
export async function findDaemon(
  folders: StateFolders,
  signal: AbortSignal,
  probeMs = 5000,
): Promise<Found | undefined> {
  const service = readService(folders.serviceFile)
  if (service === undefined || !isOurs(dirname(service.socket))) return undefined
  const health = await probe(service, signal, probeMs)
  const isSame =
    health !== undefined &&
    health.pid === service.pid &&
    health.id === service.id &&
    health.version === service.version &&
    (health.protocol === service.protocol || health.protocol === beforeProtocols)
  return isSame ? { service: { ...service, protocol: health.protocol }, isReady: health.ready } : undefined
}

function readService(path: string): Service | undefined {
  if (!isOurs(path)) return undefined
  try {
    const service: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isReply(Service, service) && typeof service.socket === 'string' ? service : undefined
  } catch {
    return undefined
  }
}

type Identity = ReplyOf<typeof daemonRoutes.identity>

async function probe(
  { socket, pid }: Service,
  signal: AbortSignal,
  probeMs: number,
): Promise<Identity | undefined> {
  const client = createClient(socket, signal)
  try {
    return await client.call(daemonRoutes.identity, {}, probeMs).catch((error: unknown) => {
      if (error instanceof AiosError && error.code === 'request.unknown-route') return formerIdentity(client)
      throw error
    })
  } catch (error) {
    signal.throwIfAborted()
    const isStuck = error instanceof AiosError && error.code === 'daemon.busy'
    if (isStuck)
      throw new AiosError('daemon.busy', `The daemon, process ${pid}, does not answer.`, { cause: error })
    return undefined
  } finally {
    client.close()
  }
}

/**
 * Asks a daemon of before `/v1/daemon`, which said at `/healthz` which one it is. Whatever protocol it says to speak,
 * it lacks what is asked of a daemon today, and is to be replaced.
 */
async function formerIdentity(client: Client): Promise<Identity | undefined> {
  const reply = await client.exchange({ method: 'GET', path: '/healthz', body: '' })
  const said: unknown = JSON.parse(await reply.text())
  return isReply(daemonRoutes.identity.reply, said) ? { ...said, protocol: beforeProtocols } : undefined
}

/** Older than every protocol that has a number. */
const beforeProtocols = -1

/** Says whether the path exists, is no link, belongs to this user, and is closed to everybody else. */
export function isOurs(path: string): boolean {
  const status = statusOf(path)
  if (status === undefined || status.isSymbolicLink()) return false
  return process.getuid === undefined || (status.uid === process.getuid() && (status.mode & 0o077) === 0)
}

/** What cannot be looked at is as good as absent: nothing in it can be believed. */
function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch {
    return undefined
  }
}
