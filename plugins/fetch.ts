import type { IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { http } from '../contract/node-http.ts'
import { AiosError } from '../contract/errors.ts'
import type { Permission } from '../contract/manifest.ts'
import { defaultMethods } from './permissions.ts'

/** What a plugin wants fetched. */
export interface FetchRequest {
  readonly url: string
  readonly init?:
    | {
        readonly method?: string | undefined
        readonly headers?: Readonly<Record<string, string>> | undefined
        readonly body?: string | undefined
      }
    | undefined
}

/** What came back. */
export interface FetchReply {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
  readonly truncated: boolean
}

/** How the outside is reached. */
export interface FetchParts {
  /** Returns the addresses of a name. */
  resolve(host: string, signal: AbortSignal): Promise<readonly string[]>
  /** Says whether an address may be connected to. */
  mayReach(address: string): boolean
}

const mostHops = 5
const mostBytes = 2 ** 20
const idleMs = 10_000

/**
 * Fetches what the permission allows.
 *
 * Each hop is judged anew: host, method, and every address of the name. The connection then goes to the address that
 * was judged, never to whatever the name means a moment later.
 */
export async function fetchAllowed(
  asked: FetchRequest,
  permission: Permission,
  parts: FetchParts,
  signal: AbortSignal,
): Promise<FetchReply> {
  let hop: Hop = {
    url: urlOf(asked.url),
    method: (asked.init?.method ?? 'GET').toUpperCase(),
    headers: plainHeaders(asked.init?.headers ?? {}),
    body: asked.init?.body,
  }
  for (let hops = 0; hops <= mostHops; hops += 1) {
    const address = await judge(hop, permission, parts, signal)
    const response = await send(hop, address, signal)
    const next = redirected(hop, response)
    if (next === undefined) return replyOf(response)
    response.destroy()
    hop = next
  }
  throw new AiosError('plugin.failed', `${hop.url.host} redirects more than ${mostHops} times.`)
}

interface Hop {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

function urlOf(text: string, base?: string): URL {
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined
  if (url === undefined) throw new AiosError('plugin.refused', 'What is to be fetched is no address.')
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new AiosError('plugin.refused', `Only http: and https: are fetched, not ${url.protocol}`)
  if (url.username !== '' || url.password !== '')
    throw new AiosError('plugin.refused', 'An address with a password in it is not fetched.')
  return url
}

/** Headers that say where a message ends or whom it is for are not a plugin’s to set. */
function plainHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const ours =
    /^(?:host|connection|content-length|transfer-encoding|upgrade|te|trailer|expect|keep-alive|proxy-.*)$/i
  const plain = Object.entries(headers).filter(
    ([name, value]) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !ours.test(name) && /^[\t -~]*$/.test(value),
  )
  return Object.fromEntries(plain.map(([name, value]) => [name.toLowerCase(), value]))
}

/** Returns the address to connect to. */
async function judge(
  { url, method }: Hop,
  { hosts = [], methods = [...defaultMethods] }: Permission,
  { resolve, mayReach }: FetchParts,
  signal: AbortSignal,
): Promise<string> {
  if (!methods.some((allowed) => allowed === method))
    throw new AiosError('plugin.refused', `${method} was not allowed; ${methods.join(', ')} was.`)
  if (!hosts.some((allowed) => isHost(url, allowed)))
    throw new AiosError('plugin.refused', `${url.host} is not among the hosts that were allowed.`)
  const name = url.hostname.replace(/^\[|\]$/g, '')
  const addresses = isIP(name) === 0 ? await resolve(name, signal) : [name]
  const bad = addresses.find((address) => !mayReach(address))
  if (bad !== undefined)
    throw new AiosError(
      'plugin.refused',
      `${url.hostname} leads to this machine or a network that is not public.`,
    )
  const [address] = addresses
  if (address === undefined) throw new AiosError('plugin.failed', `${url.hostname} has no address.`)
  return address
}

/** Without a port, a host is allowed on its protocol’s own port only. */
function isHost({ hostname, host, port }: URL, allowed: string): boolean {
  const lower = allowed.toLowerCase()
  const wanted = lower.includes(':') ? host : hostname
  if (!lower.includes(':') && port !== '') return false
  return lower.startsWith('*.')
    ? wanted.endsWith(lower.slice(1)) && wanted.length > lower.length - 1
    : wanted === lower
}

function send(
  { url, method, headers, body }: Hop,
  address: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const isSecure = url.protocol === 'https:'
  const name = url.hostname.replace(/^\[|\]$/g, '')
  const options = {
    host: address,
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    path: url.pathname + url.search,
    method,
    headers: { 'user-agent': 'aios-plugin', 'accept-encoding': 'identity', ...headers, host: url.host },
    agent: false,
    timeout: idleMs,
    maxHeaderSize: 16 * 1024,
    signal,
    ...(isSecure && isIP(name) === 0 ? { servername: name } : {}),
  }
  return new Promise((resolve, reject) => {
    const call = isSecure ? httpsRequest(options) : http.request(options)
    call.on('response', resolve)
    call.on('timeout', () => call.destroy(new Error('it was silent for too long')))
    call.on('error', (cause) => {
      reject(new AiosError('plugin.failed', `${url.host} could not be fetched.`, { cause }))
    })
    call.end(body)
  })
}

function redirected(hop: Hop, { statusCode = 0, headers }: IncomingMessage): Hop | undefined {
  const { location } = headers
  if (![301, 302, 303, 307, 308].includes(statusCode) || location === undefined) return undefined
  const url = urlOf(location, hop.url.href)
  const isSame = url.origin === hop.url.origin
  const kept = isSame ? hop.headers : withoutSecrets(hop.headers)
  const staysAsItIs =
    statusCode === 307 || statusCode === 308 || hop.method === 'GET' || hop.method === 'HEAD'
  return {
    url,
    headers: kept,
    method: staysAsItIs ? hop.method : 'GET',
    body: staysAsItIs ? hop.body : undefined,
  }
}

function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
  const open = ['accept', 'accept-language', 'content-type', 'user-agent']
  return Object.fromEntries(Object.entries(headers).filter(([name]) => open.includes(name)))
}

async function replyOf(response: IncomingMessage): Promise<FetchReply> {
  const pieces: Buffer[] = []
  let bytes = 0
  try {
    for await (const piece of response) {
      const buffer = Buffer.from(piece)
      pieces.push(buffer)
      bytes += buffer.length
      if (bytes > mostBytes) break
    }
  } catch (cause) {
    throw new AiosError('plugin.failed', 'The answer broke off.', { cause })
  } finally {
    response.destroy()
  }
  const headers = Object.entries(response.headers).map(([name, value]) => [
    name,
    String(value).slice(0, 4096),
  ])
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(pieces).subarray(0, mostBytes).toString('utf8'),
    truncated: bytes > mostBytes,
  }
}
