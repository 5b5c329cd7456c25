import type { IncomingHttpHeaders } from 'node:http'
import { AiosError } from '../../contract/errors.ts'

/** What the guard sees of a request, before anything of its body is read. */
export interface Knock {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, as they came: a name that came twice stands here twice. */
  readonly rawHeaders: readonly string[]
  /** The address that it came from. */
  readonly peer: string
}

/** Under which names the daemon is reached. */
export interface Place {
  readonly scheme: 'http' | 'https'
  /** Lower case, each with its port as it stands in a Host header. */
  readonly hosts: ReadonlySet<string>
}

/**
 * Refuses what comes under a name that is not ours, and what another site's page sends.
 *
 * A page whose name was rebound to our address sends its own name as Host (as in CVE-2024-28224 and
 * CVE-2025-66414); one that opens a WebSocket, or posts a form, tells where it is from in Origin
 * (CVE-2025-52882). Neither can be changed by the page. Programs send no Origin and no Referer, so a token beside
 * one is somebody's page that got hold of it.
 */
export function inspect({ url, headers, rawHeaders }: Knock, { scheme, hosts }: Place): void {
  const host = onlyHost(headers, rawHeaders)
  if (host === undefined || !hosts.has(host)) {
    throw new AiosError('auth.wrong-host', `This daemon does not answer for ${quoted(host ?? 'no host')}.`)
  }
  if (!url.startsWith('/')) throw new AiosError('request.invalid', 'The address must begin with a slash.')
  const own = `${scheme}://${host}`
  const { origin, referer } = headers
  if (origin !== undefined && origin !== own) throw foreign(origin)
  if (referer !== undefined && originOf(referer) !== own) throw foreign(referer)
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw foreign(`a ${site} page`)
  if (headers.authorization !== undefined && (origin !== undefined || referer !== undefined)) {
    throw new AiosError(
      'auth.cross-site',
      'A token comes from a program, which has no Origin and no Referer.',
    )
  }
}

/** Returns the host, if there is exactly one: of two, what stands before us might have looked at the other. */
function onlyHost({ host }: IncomingHttpHeaders, rawHeaders: readonly string[]): string | undefined {
  const times = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length
  return times === 1 ? host?.toLowerCase() : undefined
}

function originOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).origin : undefined
}

function foreign(from: string): AiosError {
  return new AiosError('auth.cross-site', `A request from ${quoted(from)} is not answered.`)
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100))
}
