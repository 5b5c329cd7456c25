import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isObject } from './agents.ts'
import type { Splice } from './splice.ts'

/** What was done to a file of settings, so that it can be undone to the byte. */
export interface Connection extends Splice {
  readonly path: string
  /** SHA-256 of the file as we left it. */
  readonly after: string
  /** Whether there was no file before. */
  readonly isMade: boolean
  /** Folders that were made for it, the innermost first. */
  readonly folders: readonly string[]
}

/** Keeps what was done to files of settings: only what was taken away or put there, never the rest of them. */
export interface Connections {
  all(): Connection[]
  of(path: string): Connection | undefined
  keep(connection: Connection): void
  forget(path: string): void
}

/** Opens the connections in a file. One that cannot be read is as good as none: entries are then taken out alone. */
export function openConnections(file: string): Connections {
  const write = (all: readonly Connection[]): void => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(`${file}.new`, `${JSON.stringify(all, undefined, 2)}\n`, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  return {
    all: () => read(file),
    of: (path) => read(file).find((one) => one.path === path),
    keep: (connection) => write([...read(file).filter(({ path }) => path !== connection.path), connection]),
    forget(path) {
      const all = read(file)
      if (all.some((one) => one.path === path)) write(all.filter((one) => one.path !== path))
    },
  }
}

function read(file: string): Connection[] {
  try {
    const all: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return Array.isArray(all) ? all.filter(isConnection) : []
  } catch {
    return []
  }
}

function isConnection(value: unknown): value is Connection {
  if (!isObject(value)) return false
  const { path, at, removed, inserted, after, isMade, folders } = value
  return (
    [path, removed, inserted, after].every((text) => typeof text === 'string') &&
    typeof at === 'number' &&
    typeof isMade === 'boolean' &&
    Array.isArray(folders) &&
    folders.every((folder) => typeof folder === 'string')
  )
}
