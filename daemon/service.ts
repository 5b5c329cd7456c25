import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { protocol, type Service } from '../contract/service.ts'
import { version } from './version.ts'

/** Returns what this process says of itself. */
export function describeService(socket: string, now: () => number): Service {
  return {
    id: randomUUID(),
    version: version(),
    protocol,
    pid: process.pid,
    socket,
    url: '',
    startedAt: new Date(now()).toISOString(),
  }
}

/** Writes how the daemon is found: whole or not at all, and for its owner's eyes only. */
export function announce(file: string, service: Service): void {
  const draft = `${file}.${service.pid}`
  const descriptor = openSync(draft, 'w', 0o600)
  writeSync(descriptor, `${JSON.stringify(service, null, 2)}\n`)
  fsyncSync(descriptor)
  closeSync(descriptor)
  renameSync(draft, file)
}

/** Takes the announcement back, unless another daemon has put its own in its place. */
export function withdraw(file: string, service: Service): void {
  try {
    const standing: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (
      typeof standing !== 'object' ||
      standing === null ||
      !('id' in standing) ||
      standing.id !== service.id
    )
      return
    rmSync(file, { force: true })
  } catch {
    // It is gone or unreadable: nobody will believe it.
  }
}
