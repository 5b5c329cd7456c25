import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Caller, owner } from '../../contract/caller.ts'
import { AiosError } from '../../contract/errors.ts'
import { WaitError } from '../../contract/wait-error.ts'
import type { Guard } from '../guard/guard.ts'
import { createPass, ownerPass, type Pass } from '../guard/pass.ts'
import { admit } from './entrance.ts'
import { knockOf } from './knock.ts'
import { foreseen, problemOf } from './problem.ts'
import { answerRaw } from './raw-answer.ts'

/** Takes over a connection whose caller was let in. */
export type Accept = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  caller: Caller,
  pass: Pass,
) => void

/** What connections may become. */
export interface UpgradeParts {
  readonly guard?: Guard
  /** What takes over, by path. */
  readonly upgrades: Readonly<Record<string, Accept>>
  /** Returns the error that is told while the door closes. */
  readonly closing: () => AiosError | undefined
  readonly traceId: () => string
  readonly onBug: (error: unknown) => void
}

/** Connections that were handed over. */
export interface Upgraded {
  /** Cuts those that their new owner has left open. */
  cut(): void
}

/**
 * Hands connections over to what speaks another protocol on them.
 *
 * Nothing is handed over before the guard has looked at it: a browser opens WebSockets to any address, with no
 * preflight and whatever the page, and only Origin tells (CVE-2025-52882).
 */
export function acceptUpgrades(server: HttpServer, parts: UpgradeParts): Upgraded {
  const { guard, upgrades, closing, traceId, onBug } = parts
  const open = new Set<Duplex>()

  async function callerFor(request: IncomingMessage, accept: Accept | undefined): Promise<Caller> {
    const ending = closing()
    if (ending !== undefined) throw ending
    const admission = { role: 'reader', cost: 'cheap' } as const
    const caller = guard === undefined ? owner : await admit(request, admission, guard)
    const path = pathOf(request)
    if (accept === undefined)
      throw new AiosError('request.unknown-route', `Nothing is spoken at ${path.slice(0, 200)}.`)
    if (caller === undefined) throw new AiosError('auth.required', 'Nobody was recognised.')
    return { ...caller, door: 'ws' }
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A connection may break at any time, and nobody else listens yet.
    const onError = () => socket.destroy()
    socket.on('error', onError)
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    const path = pathOf(request)
    const accept = Object.hasOwn(upgrades, path) ? upgrades[path] : undefined
    callerFor(request, accept)
      .then(
        (caller) => {
          if (socket.destroyed || accept === undefined) return
          socket.off('error', onError)
          const pass = guard === undefined ? ownerPass : createPass(guard, knockOf(request), caller)
          accept(request, socket, head, caller, pass)
        },
        (error: unknown) => {
          const expected = foreseen(error)
          if (expected === undefined) onBug(error)
          const headers = error instanceof WaitError ? { 'Retry-After': String(error.seconds) } : {}
          answerRaw(socket, problemOf(expected, traceId()), headers)
        },
      )
      .catch(onBug)
  })

  return {
    cut() {
      for (const socket of open) socket.destroy()
    },
  }
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? ''
}
