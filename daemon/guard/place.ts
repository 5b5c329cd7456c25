import { BlockList, isIP } from 'node:net'
import type { Config } from '../../contract/config.ts'
import { AiosError } from '../../contract/errors.ts'
import type { Place } from './origin.ts'

/** Settings of the listener. */
export type HttpSettings = Config['daemon']['http']

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

/** Says whether only this machine reaches the address. A name is none: what it means may change. */
export function isLoopback(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && loopback.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** A DNS name or an address, with a port where it is not the daemon's own. */
const hostForm = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/

/** Throws unless it is safe to listen there: what others reach needs TLS, names, and users to tell apart. */
export function checkExposure(settings: HttpSettings, users: number): void {
  const { address, certificate, privateKey, hosts } = settings
  if (isIP(address) === 0) {
    throw new AiosError('config.invalid', `daemon.http.address must be an IP address, not ${address}.`)
  }
  const strange = hosts.find((host) => !hostForm.test(host))
  if (strange !== undefined) {
    throw new AiosError('config.invalid', `daemon.http.hosts must be names of hosts, not ${strange}.`)
  }
  if ((certificate === '') !== (privateKey === '')) {
    throw new AiosError('config.invalid', 'daemon.http.certificate and daemon.http.privateKey go together.')
  }
  if (isLoopback(address)) return
  const missing = [
    ...(certificate === '' ? ['a certificate for TLS'] : []),
    ...(users === 0 ? ['users'] : []),
    ...(hosts.length === 0 ? ['the names under which it is reached'] : []),
  ]
  if (missing.length === 0) return
  throw new AiosError(
    'auth.exposed',
    `Others would reach ${address}, but this is missing: ${missing.join(', ')}.`,
  )
}

/** Returns the names under which the daemon is reached at this port: exactly these, and none that a page can choose. */
export function placeOf({ address, certificate, hosts }: HttpSettings, port: number): Place {
  const scheme = certificate === '' ? 'http' : 'https'
  const own = isLoopback(address) ? ['localhost', inAddress(address)] : hostsOf(address)
  const named = [...own, ...hosts].flatMap((host) => withPort(host.toLowerCase(), port, scheme))
  return { scheme, hosts: new Set(named) }
}

/** Returns the address as it stands in a link. */
export function inAddress(address: string): string {
  return isIP(address) === 6 ? `[${address.toLowerCase()}]` : address
}

/** Nothing is reached under the address that means all of them. */
function hostsOf(address: string): string[] {
  return address === '0.0.0.0' || address === '::' ? [] : [inAddress(address)]
}

/** Returns the host as a Host header has it: without a port where that is the scheme's own. */
function withPort(host: string, port: number, scheme: Place['scheme']): string[] {
  if (/:\d+$/.test(host)) return [host]
  const isUsual = port === (scheme === 'https' ? 443 : 80)
  return isUsual ? [host, `${host}:${port}`] : [`${host}:${port}`]
}
