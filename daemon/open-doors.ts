import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { Logger } from 'pino'
import type { Decision } from '../contract/caller.ts'
import type { Config } from '../contract/config.ts'
import { AiosError } from '../contract/errors.ts'
import type { Answers } from '../contract/route.ts'
import type { routes } from '../contract/routes.ts'
import type { Service } from '../contract/service.ts'
import type { StateFolders } from '../contract/state.ts'
import { type HttpSettings, inAddress, isLoopback, placeOf } from './guard/place.ts'
import type { Once } from './http/idempotency.ts'
import type { WorkDoor } from './http/long-work.ts'
import type { Mount } from './http/mount.ts'
import { pairingMounts } from './http/pairing.ts'
import { createServer, type DoorParts, type Server } from './http/server.ts'
import type { Accept } from './http/upgrade.ts'
import type { Watch } from './http/watch.ts'
import type { Lifecycle } from './lifecycle.ts'
import { logStream } from './log-stream.ts'
import type { Access } from './open-access.ts'
import { logRedaction } from './open-log.ts'
import { announce, withdraw } from './service.ts'
import { traceIdOf } from './telemetry/trace.ts'

/** What everything that listens is opened with. */
export interface DoorsParts {
  readonly folders: StateFolders
  readonly settings: Config
  readonly lifecycle: Lifecycle
  readonly logger: Logger
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly answers: Answers<typeof routes>
  /** Does long work as tasks. */
  readonly work?: WorkDoor
  /** One for all doors: a write that came through one is not done again through another. */
  readonly once?: Once
  /** Sees what is asked over HTTP. */
  readonly watch?: Watch
  readonly access: Access
  /** Gets the url once it is known. */
  readonly service: Service
  /** What is answered beside the contract, on every door. */
  readonly mounts?: readonly Mount[]
  /** What speaks another protocol, by path, on every door. */
  readonly upgrades?: Readonly<Record<string, Accept>>
  readonly onDecision?: (decision: Decision) => void
  /** How often it is looked whether whoever reads a stream may still do so, in milliseconds. */
  readonly recheckMs?: number
}

/** Listens on the socket, and on TCP unless that is off; then tells where. Closing lets what runs end. */
export async function openDoors(parts: DoorsParts): Promise<void> {
  const { folders, settings, lifecycle, service } = parts
  const { http } = settings.daemon
  const open: Server[] = []
  lifecycle.onClose('doors', async () => {
    await Promise.all(open.map((server) => server.close()))
  })
  const socket = createServer(partsOf(parts))
  open.push(socket)
  await socket.listen(service.socket)
  if (http.enabled) {
    const { server, url } = await openTcp(parts, http)
    open.push(server)
    service.url = url
  }
  announce(folders.serviceFile, service)
  lifecycle.onClose('announcement', () => withdraw(folders.serviceFile, service))
}

function partsOf(parts: DoorsParts): DoorParts {
  const { answers, work, once, settings, watch, mounts, upgrades, onDecision, recheckMs } = parts
  return {
    answers,
    ...(work === undefined ? {} : { work }),
    ...(once === undefined ? {} : { once }),
    isReady: () => true,
    traceId: traceIdOf,
    ...(watch === undefined ? {} : { watch }),
    logger: {
      level: settings.daemon.logLevel === 'debug' ? 'debug' : 'warn',
      stream: logStream,
      redact: logRedaction,
    },
    ...(mounts === undefined ? {} : { mounts }),
    ...(upgrades === undefined ? {} : { upgrades }),
    ...(onDecision === undefined ? {} : { onDecision }),
    ...(recheckMs === undefined ? {} : { recheckMs }),
  }
}

/** Listens on TCP, at the port of last time where none is set and that one is free. */
async function openTcp(parts: DoorsParts, http: HttpSettings): Promise<{ server: Server; url: string }> {
  const { access, now, onDecision, folders } = parts
  const tls = readTls(http)
  let place = placeOf(http, http.port)
  const guard = access.guardFor(() => place, isLoopback(http.address))
  const told = onDecision === undefined ? {} : { onDecision }
  const pairing = pairingMounts({
    sessions: access.sessions,
    isSecure: tls !== undefined,
    now,
    ...told,
  })
  const make = () =>
    createServer({
      ...partsOf(parts),
      guard,
      mounts: [...(parts.mounts ?? []), ...pairing],
      ...(tls === undefined ? {} : { tls }),
    })
  const { server, port } = await listen(make, http, join(folders.state, 'http-port'))
  place = placeOf(http, port)
  return { server, url: urlOf(http, port) }
}

/** Returns a link that leads to us from wherever we are reached: the first of our names, else the address. */
function urlOf(http: HttpSettings, port: number): string {
  const { scheme, hosts } = placeOf(http, port)
  const own = `${inAddress(http.address)}:${port}`
  const [first] = isLoopback(http.address) ? [own] : http.hosts.map((host) => host.toLowerCase())
  const named = [...hosts].find((host) => host === first || host.startsWith(`${first}:`))
  return `${scheme}://${named ?? own}`
}

async function listen(
  make: () => Server,
  { address, port }: HttpSettings,
  portFile: string,
): Promise<{ server: Server; port: number }> {
  const wanted = port === 0 ? [...readPort(portFile), 0] : [port]
  for (const [index, one] of wanted.entries()) {
    const server = make()
    try {
      const bound = await server.listenOn(address, one)
      if (one === 0) keepPort(portFile, bound)
      return { server, port: bound }
    } catch (cause) {
      await server.close()
      if (index < wanted.length - 1) continue
      const what = `Nothing can listen on ${inAddress(address)}, port ${one}`
      throw new AiosError('auth.unlistenable', `${what} (${codeOf(cause)}).`, { cause })
    }
  }
  throw new AiosError('auth.unlistenable', `Nothing can listen on ${address}.`)
}

function keepPort(file: string, port: number): void {
  try {
    writeFileSync(file, `${port}\n`, { mode: 0o600 })
  } catch {
    // Then another one is chosen next time, which costs a bookmark; a full disk is told of elsewhere.
  }
}

function readPort(file: string): number[] {
  try {
    const port = Number(readFileSync(file, 'utf8'))
    return Number.isInteger(port) && port > 0 && port < 65_536 ? [port] : []
  } catch {
    return []
  }
}

function readTls({ certificate, privateKey }: HttpSettings): { cert: string; key: string } | undefined {
  if (certificate === '') return undefined
  const tls = { cert: readPem(certificate), key: readPem(privateKey) }
  try {
    createSecureContext(tls)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AiosError(
      'config.invalid',
      `daemon.http.certificate and daemon.http.privateKey do not fit: ${why}`,
      {
        cause,
      },
    )
  }
  return tls
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new AiosError('config.unreadable', `${path} cannot be read.`, { cause })
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
