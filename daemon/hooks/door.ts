import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
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
  /** The process that answers, by which a shim sees at once that it died; undefined when it cannot be known. */
  readonly pid?: number | undefined
}

/** Rises when a shim of before can no longer read the sign. */
const version = 1

/** Returns the folder in which shims find the sign and leave their notices. */
export function hooksFolder(state: string): string {
  return join(state, 'hooks')
}

/**
 * Puts up the sign that shims read before they ask: five lines, because a shell reads lines without starting
 * anything.
 *
 * It is there before this returns, so whoever begins to listen is asked from then on. It stays when the daemon
 * goes: a shim then knows whether anybody would have wanted to be asked.
 */
export function hangSign(folder: string, { socket = '', unanswered, listens, pid }: DoorSign): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const door = join(folder, 'door')
  const fresh = `${door}.${process.pid}`
  // A path of two lines cannot stand in one; such a socket is as good as none.
  const line = socket.includes('\n') ? '' : socket
  const lines = [version, line, unanswered, listens.join(' '), processLine(pid)]
  writeFileSync(fresh, `${lines.join('\n')}\n`, { mode: 0o600 })
  renameSync(fresh, door)
}

/**
 * Returns the number of a process, when it began, and when process 1 did: whoever sees another process 1 numbers
 * processes in another way. Empty where the system does not tell.
 */
function processLine(pid: number | undefined): string {
  const [own, first] = [pid, 1].map(birthOf)
  return own === undefined || first === undefined ? '' : `${pid} ${own} ${first}`
}

/** Returns when a process began, in the system's own count. */
function birthOf(pid: number | undefined): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name before may hold anything, brackets and blanks included.
    return text.slice(text.lastIndexOf(') ') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
