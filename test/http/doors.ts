import { mkdtempSync, readFileSync } from 'node:fs'
import { request as requestHttp, type OutgoingHttpHeaders } from 'node:http'
import { request as requestHttps } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach } from 'vitest'
import type { Decision, Role } from '../../contract/caller.ts'
import type { Config } from '../../contract/config.ts'
import type { Answers } from '../../contract/route.ts'
import type { routes } from '../../contract/routes.ts'
import { stateFolders, type StateFolders } from '../../contract/state.ts'
import { loadConfig } from '../../daemon/config.ts'
import { makeFolder } from '../../daemon/http/make-folder.ts'
import type { Mount } from '../../daemon/http/mount.ts'
import type { Accept } from '../../daemon/http/upgrade.ts'
import { createLifecycle } from '../../daemon/lifecycle.ts'
import { type Access, openAccess } from '../../daemon/open-access.ts'
import { openDoors } from '../../daemon/open-doors.ts'
import type { McpParts } from '../../daemon/open-mcp.ts'
import { describeService } from '../../daemon/service.ts'
import { answersWith } from './answers.ts'

/** Doors that are open, with real guards before stand-in answers. */
export interface Doors {
  readonly url: string
  readonly port: number
  readonly token: string
  readonly folders: StateFolders
  readonly access: Access
  /** The routes that were answered, by name. */
  readonly called: string[]
  readonly decisions: Decision[]
  /** Returns an access token of a user with the role. */
  tokenFor(role: Role): Promise<string>
  close(): Promise<void>
}

/** How doors differ from what they are by default. */
export interface DoorSettings {
  readonly http?: Partial<Config['daemon']['http']>
  readonly home?: string
  readonly answers?: Partial<Answers<typeof routes>>
  /** What is answered beside the contract. */
  readonly mounts?: (parts: McpParts) => readonly Mount[]
  readonly upgrades?: Readonly<Record<string, Accept>>
  readonly now?: () => number
  /** For those who have to ask very often. */
  readonly isUnhurried?: boolean
}

const open: Doors[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((doors) => doors.close()))
})

/** Opens the socket and TCP as the daemon does, until the test ends. */
export async function openedDoors(settings: DoorSettings = {}): Promise<Doors> {
  const doors = await openDoorsFor(settings)
  open.push(doors)
  return doors
}

/** Opens the socket and TCP as the daemon does; whoever opens them closes them. */
export async function openDoorsFor(settings: DoorSettings): Promise<Doors> {
  const folders = stateFolders({ AIOS_HOME: settings.home ?? mkdtempSync(join(tmpdir(), 'doors-')) })
  makeFolder(folders.state)
  const now = settings.now ?? Date.now
  const decisions: Decision[] = []
  const onDecision = (decision: Decision) => void decisions.push(decision)
  const lifecycle = createLifecycle((part, error) => {
    throw new Error(`${part} did not close`, { cause: error })
  })
  const service = describeService(folders.socket, now)
  const { config } = await loadConfig({ userFile: folders.configFile, environment: {} })
  const http = { ...config.daemon.http, ...settings.http }
  const access = await openAccess({
    folders,
    settings: http,
    url: () => service.url,
    now,
    onDecision,
    ...(settings.isUnhurried === true ? { rates: boundless } : {}),
  })
  const called: string[] = []
  const answers = recording(answersWith({ ...access.answers, ...settings.answers }), called)
  const logger = pino({ level: 'silent' })
  await openDoors({
    folders,
    settings: { ...config, daemon: { ...config.daemon, logLevel: 'silent', http } },
    lifecycle,
    logger,
    now,
    answers,
    access,
    service,
    onDecision,
    recheckMs: 50,
    ...(settings.mounts === undefined ? {} : { mounts: settings.mounts({ answers, lifecycle, logger }) }),
    ...(settings.upgrades === undefined ? {} : { upgrades: settings.upgrades }),
  })
  return {
    url: service.url,
    port: Number(new URL(service.url === '' ? 'http://none:1' : service.url).port),
    token: readFileSync(folders.tokenFile, 'utf8').trim(),
    folders,
    access,
    called,
    decisions,
    async tokenFor(role) {
      const name = `${role}-${called.length}-${Math.random().toString(36).slice(2)}`
      const never = new AbortController().signal
      const { secret } = await access.answers.addUser({ name, role }, never)
      return (await access.answers.accessToken({ user: name, secret }, never)).token
    },
    close: () => lifecycle.close(),
  }
}

const plenty = { burst: 1e6, perSecond: 1e6 }
const boundless = { cheap: plenty, search: plenty, heavy: plenty, stranger: plenty }

function recording(answers: Answers<typeof routes>, called: string[]): Answers<typeof routes> {
  return new Proxy(answers, {
    get(target, name, receiver) {
      const answer: unknown = Reflect.get(target, name, receiver)
      if (typeof answer !== 'function') return answer
      return (...input: unknown[]) => {
        called.push(String(name))
        return Reflect.apply(answer, target, input)
      }
    },
  })
}

/** An answer as it came over TCP. */
export interface Answered {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly text: string
  readonly body: Record<string, unknown>
}

/** What is sent. */
export interface Knocking {
  readonly method?: string
  readonly token?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: unknown
  /** The certificate that is believed. */
  readonly ca?: string
}

/** Sends a request over TCP as anybody might. A body is sent as JSON, a text as it is. */
export async function knock(url: string, path: string, knocking: Knocking = {}): Promise<Answered> {
  const { method = 'GET', token, body, ca } = knocking
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  const headers = {
    ...(text === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...knocking.headers,
  }
  const { hostname, port, protocol } = new URL(url)
  const options = { host: hostname.replace(/^\[|\]$/g, ''), port, path, method, headers, agent: false, ca }
  const request = protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const call = request(options, (response) => {
      let answer = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => (answer += piece))
      response.on('error', reject)
      response.on('end', () => {
        const status = response.statusCode ?? 0
        resolve({ status, headers: response.headers, text: answer, body: parsed(answer) })
      })
    })
    call.on('error', reject)
    call.end(text)
  })
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
