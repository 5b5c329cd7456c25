import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { QuestionHook } from '../../contract/hook-routes.ts'

/** What shims are told without being answered. */
export interface DoorSign {
  /** Where the daemon listens; undefined when it does not. */
  readonly socket?: string | undefined
  /** What a question that nobody answers ends with. */
  readonly unanswered: 'allow' | 'deny'
  /** The questions that somebody listens to; about the others nobody is asked. */
  readonly listens: readonly QuestionHook[]
}

/** Rises when a shim of before can no longer read the sign. */
const version = 1

/** Returns the folder in which shims find the sign and leave their notices. */
export function hooksFolder(state: string): string {
  return join(state, 'hooks')
}

/**
 * Puts up the sign that shims read before they ask: four lines, because a shell reads lines without starting
 * anything.
 *
 * It is there before this returns, so whoever begins to listen is asked from then on. It stays when the daemon
 * goes: a shim then knows whether anybody would have wanted to be asked.
 */
export function hangSign(folder: string, { socket = '', unanswered, listens }: DoorSign): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const door = join(folder, 'door')
  const fresh = `${door}.${process.pid}`
  // A path of two lines cannot stand in one; such a socket is as good as none.
  const line = socket.includes('\n') ? '' : socket
  writeFileSync(fresh, `${version}\n${line}\n${unanswered}\n${listens.join(' ')}\n`, { mode: 0o600 })
  renameSync(fresh, door)
}
